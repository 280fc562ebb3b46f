"""One construct for each kind of thing that the stacks are made of."""
