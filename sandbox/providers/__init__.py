"""Simulators of the signing services, each written from its vendor's own document and never from our client."""
