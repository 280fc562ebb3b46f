"""The connector's own package: what the functions share. See docs/architecture.md for who may import whom."""
