"""One folder per signing service, strangers to one another, and beside them what all are made with."""
