"""`make evidence`: what Coupa asks of whoever hosts a connector, measured on this machine, in one folder and one page.

Drives the connector from outside, as Coupa does, and reads what the checks say. Nothing in the product knows of it.
"""
