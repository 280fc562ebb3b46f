"""A faithful, breakable GoSign server for tests and the demo: REST v1, OAuth2 v2, GoSign 5, SOAP, LegalBus, an identity
provider, and its notifications to the connector.

Written from the vendor's document (seeds/004; "§" is a chapter of it) and contracts/gosign.md; it must know nothing of
the connector. Marks in comments: [I] inferred, [U] unknown: then a switch decides (settings.py).
"""
