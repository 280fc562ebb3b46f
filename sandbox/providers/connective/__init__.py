"""A faithful, breakable Connective eSignatures server (API v3, v3.1 and v4) for tests and the demo.

Written from the vendor's page (seeds/001), its Swagger file and contracts/connective.md; it must know nothing of the
connector. Marks in comments: [F] read in a source, [I] inferred, [U] unknown: then a switch decides (settings.py).
"""
