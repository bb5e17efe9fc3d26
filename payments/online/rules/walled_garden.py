"""What a router is told once, so that whoever is cut off reaches the page to pay on, and no more.

Suspended lines dial in with the router's walled profile, which puts their address on the list
`ispbill-suspended` (`network.services.router_profiles`). Source: MikroTik manual, firewall filter,
NAT and address lists (an entry may be a name: the router looks it up again by itself; it takes no
wildcards). A page that is encrypted cannot be turned elsewhere: phones find the page by their own
question over port 80, and everybody by the link in the message.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

SUSPENDED, OPEN = "ispbill-suspended", "ispbill-open"
# Hosts a provider's payment page loads from, beside the one its orders are sent to.
BESIDE = {
    "SSLCOMMERZ": ("securepay.sslcommerz.com", "seamless-epay.sslcommerz.com"),
    "BKASH": ("tokenized.pay.bka.sh",),
    "NAGAD": ("api.mynagad.com",),
    "NETCASH": ("paynow.netcash.co.za", "ws.netcash.co.za"),
}


def host_of(url: str) -> str:
    """Return the host of an address, "" where it has none."""
    return urlsplit(url).hostname or ""


def hosts(*, public_url: str, accounts: Iterable[tuple[str, str]]) -> list[str]:
    """Return the hosts to let through, ours first; `accounts` are provider and base address."""
    found = [host_of(public_url)]
    for provider, base_url in accounts:
        found += [host_of(base_url), *BESIDE.get(provider, ())]
    return list(dict.fromkeys(one for one in found if one))


def script(let_through: Iterable[str], *, public_host: str) -> list[str]:
    """Return the commands for RouterOS 6 and 7, in the order in which they are to be given."""
    lists = "/ip firewall address-list add list"
    rules = f"/ip firewall filter add chain=forward src-address-list={SUSPENDED}"
    return [
        *(f'{lists}={OPEN} address={host} comment="ispbill"' for host in let_through),
        f'{rules} protocol=udp dst-port=53 action=accept comment="ispbill: names"',
        f'{rules} protocol=tcp dst-port=53 action=accept comment="ispbill: names"',
        f'{rules} dst-address-list={OPEN} action=accept comment="ispbill: paying"',
        f'{rules} action=drop comment="ispbill: nothing else"',
        f"/ip firewall nat add chain=dstnat src-address-list={SUSPENDED}"
        f" dst-address-list=!{OPEN} protocol=tcp dst-port=80 action=dst-nat"
        f' to-addresses=[:resolve {public_host}] to-ports=80 comment="ispbill: to the page"',
    ]
