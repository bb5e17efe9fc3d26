"""A Netcash of our own on the loopback: SOAP services, signing page, day by day results.

Written from the protocol alone and sharing no code with the client, so that each checks the other.
"""
