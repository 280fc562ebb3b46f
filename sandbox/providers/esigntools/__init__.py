"""A faithful, breakable eSignTools server (API v1.0.0) for tests and the demo.

Written from the vendor's page (seeds/003) and contracts/esigntools.md; it must know nothing of the connector. Marks in
comments: [C] said by the document, [I] inferred, [U] unknown: then a switch decides (switches.py).
"""
