"""One module, one function per operation. Ports come in as keyword arguments; no library, no AWS, no HTTP here."""
