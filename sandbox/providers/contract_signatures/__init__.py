"""A faithful, breakable Contract Signatures server with the Atlassian site that holds its PDFs, for tests and the demo.

Written from the vendor's page (seeds/002) and contracts/contract-signatures.md; it must know nothing of the connector.
Marks in comments: [C] said by the vendor's documents, [I] inferred, [U] unknown: then a switch decides (switches.py).
"""
