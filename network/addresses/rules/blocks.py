"""Reckoning with blocks of addresses: what is free, and who is behind a port."""

from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv6Address, ip_address, ip_interface, ip_network
from itertools import islice

LAST_PORT = 65535
PREFIX_LENGTH = 56  # of a line's own prefix, where nothing else is said
# How long a prefix of IPv6 that a line has may be: a provider's whole block is no shorter.
PREFIX_LENGTHS = (*range(16, 65), 128)


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


def prefixes(cidr: str, length: int) -> int:
    """Return how many prefixes of a length a block has: a /40 has 65,536 of /56."""
    return 1 << (length - ip_network(cidr).prefixlen)


def free_count(cidr: str, *, gateway: str, reserved: int, taken: int, length: int = 0) -> int:
    """Return how many are free: a /24 with a gateway, 10 reserved and none taken has 243.

    With a `length` prefixes are counted.
    """
    size = prefixes(cidr, length) if length else hosts(cidr)
    return max(0, size - reserved - (1 if gateway else 0) - taken)


def next_free(cidr: str, *, kept: Collection[str], taken: Collection[str]) -> str:
    """Return the lowest address nobody has, or "" when the block is full."""
    return next((text for text in _hosts(cidr) if text not in kept and text not in taken), "")


def next_free_prefix(cidr: str, *, length: int, reserved: int, taken: Iterable[str]) -> str:
    """Return the lowest prefix beyond the reserved ones of which nobody has any address, or "" when
    the block is full."""
    block, step = ip_network(cidr), 1 << (128 - length)
    place = int(block.network_address) + reserved * step
    for first, last in sorted(_ends(text) for text in taken):
        if place + step <= first:
            break
        if last >= place:
            place = (last // step + 1) * step
    return f"{IPv6Address(place)}/{length}" if place <= int(block.broadcast_address) else ""


def is_prefix_of(cidr: str, prefix: str, *, length: int) -> bool:
    """Tell whether a block gives this prefix: one within it, exactly so long and so written."""
    first, last = _ends(cidr)
    begin, end = _ends(prefix)
    written = f"{IPv6Address(begin)}/{length}" if ":" in prefix else ""
    return first <= begin and end <= last and prefix == written


def is_reserved_prefix(cidr: str, prefix: str, *, length: int, reserved: int) -> bool:
    """Tell whether a prefix is one of the lowest, which are kept."""
    return (_ends(prefix)[0] - _ends(cidr)[0]) >> (128 - length) < reserved


def overlaps(one: str, others: Iterable[str]) -> bool:
    """Tell whether an address or block has something in common with one of others."""
    first, last = _ends(one)
    return any(begin <= last and first <= end for begin, end in map(_ends, others))


def covering(address: str) -> list[str]:
    """Return an address and, of IPv6, every prefix that has it, as prefixes are written."""
    if ":" not in address:
        return [address]
    around = (ip_interface(f"{address}/{length}").network for length in PREFIX_LENGTHS)
    return [address, *map(str, around)]


def contains(cidr: str, address: str) -> bool:
    """Tell whether a block has an address."""
    block, one = ip_network(cidr), ip_address(address)
    return block.version == one.version and one in block


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


def _ends(block: str) -> tuple[int, int]:
    network = ip_interface(block).network
    return int(network.network_address), int(network.broadcast_address)
