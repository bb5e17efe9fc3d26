"""A client of the simulated NetCash."""

from payments.online.gateways.netcash import sandbox
from payments.online.gateways.netcash.client import Netcash


def client_of(directory, *, timeout=(2, 10)):
    base_url, keys = sandbox.address(directory)
    return Netcash(keys=keys, base_url=base_url, timeout=timeout)
