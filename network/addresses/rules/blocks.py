"""Reckoning with blocks of addresses: what is free, and who is behind a port."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import islice

Network = IPv4Network | IPv6Network
LAST_PORT = 65535


def hosts(cidr: str) -> int:
    """Return how many addresses a block can give: of IPv4 without the first and the last."""
    block = ip_network(cidr)
    if block.version == 4 and block.prefixlen < 31:
        return block.num_addresses - 2
    return block.num_addresses


def kept(cidr: str, *, gateway: str, reserved: int) -> set[str]:
    """Return the addresses nobody gets: the gateway, and the lowest `reserved` beside it."""
    lowest = islice((text for text in _hosts(cidr) if text != gateway), reserved)
    return {*lowest, *([gateway] if gateway else [])}


def free_count(cidr: str, *, gateway: str, reserved: int, taken: int) -> int:
    """Return how many are free: a /24 with a gateway, 10 reserved and none taken has 243."""
    return max(0, hosts(cidr) - reserved - (1 if gateway else 0) - taken)


def next_free(cidr: str, *, kept: Collection[str], taken: Collection[str]) -> str:
    """Return the lowest address nobody has, or "" when the block is full."""
    return next((text for text in _hosts(cidr) if text not in kept and text not in taken), "")


def contains(cidr: str, address: str) -> bool:
    """Tell whether a block has an address."""
    block, one = ip_network(cidr), ip_address(address)
    return block.version == one.version and one in block


def ports_of(index: int, *, first_port: int, each: int) -> tuple[int, int]:
    """Return the first and last port of the inside address no. `index` of an outside one."""
    first = first_port + index * each
    return first, first + each - 1


def a_side(first_port: int, each: int) -> int:
    """Return how many inside addresses share an outside one."""
    return (LAST_PORT + 1 - first_port) // each


def inside(
    cidr: str, *, outside: str, seen: str, port: int | None, first_port: int, each: int
) -> list[str]:
    """Return the inside addresses behind an outside one: one by its port, else the whole group.

    As RFC 7422 maps them: in order, from the first inside and the first outside address on.
    """
    block, many = ip_network(cidr), a_side(first_port, each)
    group = int(ip_address(seen)) - int(ip_address(outside))
    start = group * many
    if many < 1 or group < 0 or start >= block.num_addresses:
        return []
    if port is None:
        return [str(block[n]) for n in range(start, min(start + many, block.num_addresses))]
    index = (port - first_port) // each
    is_mapped = port >= first_port and index < many and start + index < block.num_addresses
    return [str(block[start + index])] if is_mapped else []


def _hosts(cidr: str) -> Iterator[str]:
    return (str(one) for one in ip_network(cidr).hosts())
