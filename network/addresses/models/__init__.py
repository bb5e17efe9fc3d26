from network.addresses.models.assignment import AddressTrace, IpAssignment
from network.addresses.models.pool import IpPool

__all__ = ["AddressTrace", "IpAssignment", "IpPool"]
