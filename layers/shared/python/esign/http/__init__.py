"""Everything that leaves the connector over HTTP: the only package that knows httpx.

It knows domain errors and nothing of vendors, Coupa or AWS. Nothing is imported here, so that a function which makes no
HTTP call loads no HTTP library.
"""
