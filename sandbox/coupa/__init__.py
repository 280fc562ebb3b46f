"""Coupa, as the demo and the tests play it: it calls the connector, receives notifications, and has a contract to sign.

Written from the contract alone (contracts/coupa.md §2): nothing of the connector's own code is imported, so that both
sides can be wrong only independently.
"""
