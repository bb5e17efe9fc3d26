"""Which addresses the program may connect to as routers.

A router's host is typed in by staff. Without a fence the form would be a door to our own database,
message broker and cloud metadata service, so the *resolved* address is judged, never the name.
"""

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

API_PORTS = frozenset({8728, 8729})
# Forms of IPv6 that smuggle an IPv4 address to a translator (RFC 6052, RFC 3056, RFC 4380).
_TRANSLATED = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")


@dataclass(frozen=True, kw_only=True)
class AddressPolicy:
    """Where routers may be.

    `networks` are the management networks the company registered; private addresses are allowed
    only inside them. Public addresses are allowed when `allows_public`. `endpoints` are exact
    (address, port) pairs allowed whatever they are: the sandbox's routers on loopback.
    """

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = API_PORTS
    allows_public: bool = True
    endpoints: frozenset[tuple[str, int]] = frozenset()

    def refusal(self, address: Address, port: int) -> str:
        """Return why this address may not be called, or an empty text when it may."""
        plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        address = plain or address
        if (str(address), port) in self.endpoints:
            return ""
        if port not in self.ports:
            return f"port {port} is not a RouterOS API port"
        if (
            address.is_loopback
            or address.is_link_local
            or address.is_multicast
            or address.is_unspecified
            or any(address.version == net.version and address in net for net in _TRANSLATED)
        ):
            return f"{address} is not an address a router can have"
        if any(address.version == net.version and address in net for net in self.networks):
            return ""
        if address.is_global and self.allows_public:
            return ""
        if address.is_private or address in _SHARED or address.is_global:
            return f"{address} is outside the registered management networks"
        return f"{address} is not an address a router can have"
