"""One folder per signing service, strangers to one another."""
