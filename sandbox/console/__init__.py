"""The sandbox's web page: contracts are started, signed, watched and fetched in a browser, without a line of code.

It plays Coupa: all that it does to a contract goes through Coupa's HTTP API. Server-rendered, loads nothing from anywhere,
for one person on this machine.
"""
