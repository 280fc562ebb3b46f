"""What the README quotes is measured here. Reads the product from outside; nothing in the product knows of it."""
