"""In-memory twins of the ports, equal to the real ones by the contract suites in tests/contract."""
