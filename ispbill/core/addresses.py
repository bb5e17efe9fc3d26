"""Which addresses the program may call: pure judgement, without a look-up and without a setting.

A name proves nothing (`127.1`, `localhost.`, a wildcard name that leads to 10.0.0.5), so what is
judged is always the address it leads to. Ways of writing an IPv4 address inside an IPv6 one are
undone first: RFC 4291 2.5.5.2 (mapped), RFC 6052 (NAT64), RFC 3056 (6to4).
"""

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WEB_PORTS = frozenset({443})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Their IPv4 address stands anywhere (RFC 8215) or is scrambled (Teredo, RFC 4380).
_UNREADABLE = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("2001::/32"))
_LOOPBACK = frozenset({ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")})
_FIRST_FREE_PORT = 1025


@dataclass(frozen=True, kw_only=True)
class Fence:
    """Where one kind of call may go.

    `networks` are private networks that are allowed; other private addresses are not.
    `allows_simulators`: also this machine's loopback, on ports that need no privilege.
    `is_operators`: the address stands in the operator's own settings file, not in a form, so that
    a private or a loopback one is theirs to choose. `endpoints` are exact (address, port) pairs
    allowed whatever they are.
    """

    ports: frozenset[int] = WEB_PORTS
    networks: tuple[Network, ...] = ()
    allows_public: bool = True
    allows_simulators: bool = False
    is_operators: bool = False
    endpoints: frozenset[tuple[str, int]] = frozenset()

    def refusal(self, address: Address, port: int) -> str:
        """Return why this address may not be called, or an empty text when it may."""
        plain = embedded(address)
        if (str(plain), port) in self.endpoints:
            return ""
        if self.allows_simulators and plain in _LOOPBACK and port >= _FIRST_FREE_PORT:
            return ""
        if port not in self.ports:
            return f"port {port} is not one of {', '.join(map(str, sorted(self.ports)))}"
        if plain.is_link_local or plain.is_multicast or plain.is_unspecified or _is_odd(plain):
            return f"{address} is not an address that is called"
        if self.is_operators:
            return ""
        if plain.is_loopback or _is_this_network(plain):
            return f"{address} is not an address that is called"
        if any(plain.version == net.version and plain in net for net in self.networks):
            return ""
        if plain.is_global and self.allows_public:
            return ""
        return f"{address} is outside the networks that are called"


def embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_odd(address: Address) -> bool:
    """Tell whether nobody can have this address, or nobody can say whose it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_reserved
    if address.is_loopback:
        return False
    return address.is_reserved or any(address in net for net in _UNREADABLE)


def _is_this_network(address: Address) -> bool:
    """Tell whether an address means "this network" (0.0.0.0/8, RFC 1122): some systems take it
    for their own loopback."""
    return isinstance(address, ipaddress.IPv4Address) and int(address) >> 24 == 0
