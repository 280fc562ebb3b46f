"""The synthetic canary: plays Coupa and a signer, and has one contract signed from end to end.

In a stage it is a Lambda on a schedule, in the tests it runs against the local cloud: the same code. It knows Coupa's
contract and what a signer's browser shows; nothing of the connector's own code.
"""
