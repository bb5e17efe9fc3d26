"""Kinds of values: how a router stores what was written into a column, or its words of refusal.

Kinds and the names of their parts: RouterOS command tree. Wording: recorded traps, collected in
tests/network/recorded/traps.json, which marks those that are composed by pattern.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping

from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, Trap

IsInterface = Callable[[str], bool]
Kind = Callable[[str, str, IsInterface], str]

_TRUE = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_RATE = re.compile(r"(\d+)([kKMG]?)")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")
_DURATION = re.compile(r"(\d+)s?")
_UNITS = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def switch(name: str, value: str, is_interface: IsInterface) -> str:
    """Take yes, no, true or false."""
    if value not in _TRUE:
        raise _invalid(name)
    return _TRUE[value]


def whole(name: str, value: str, is_interface: IsInterface) -> str:
    """Take a whole number; a unit is multiplied out."""
    return str(_number(name, value))


def choice(*words: str) -> Kind:
    """Take one of these words."""

    def check(name: str, value: str, is_interface: IsInterface) -> str:
        if value not in words:
            raise Trap(f"input does not match any value of {name}", BAD_VALUE)
        return value

    return check


def rates(name: str, value: str, is_interface: IsInterface) -> str:
    """Take `upload/download` in bit/s, units multiplied out: `5M/20M` is `5000000/20000000`."""
    upload, download = _pair(name, value)
    return f"{_number(name, upload)}/{_number(name, download)}"


def priorities(name: str, value: str, is_interface: IsInterface) -> str:
    """Take two priorities, 1 to 8."""
    for part in _pair(name, value):
        if not 1 <= _number(name, part) <= 8:
            raise Trap(f"value of {name} out of range (1..8)", BAD_VALUE)
    return value


def mac(name: str, value: str, is_interface: IsInterface) -> str:
    """Take a hardware address; the router writes it in capitals."""
    if not _MAC.fullmatch(value):
        raise _invalid(name)
    return value.upper()


def durations(name: str, value: str, is_interface: IsInterface) -> str:
    """Take two lengths of time, in seconds where no unit is given: `10/10` is `10s/10s`."""
    parts = [_DURATION.fullmatch(part) for part in _pair(name, value)]
    if not all(parts):
        raise _invalid(name)
    return "/".join(f"{int(part[1])}s" for part in parts if part is not None)


def targets(name: str, value: str, is_interface: IsInterface) -> str:
    """Take a list of networks and interfaces; an address alone is a network of one."""
    return ",".join(_target(name, part.strip(), is_interface) for part in value.split(","))


def interface(name: str, value: str, is_interface: IsInterface) -> str:
    """Take the name of an interface there is."""
    if not is_interface(value):
        raise Trap(f"input does not match any value of {name}", BAD_VALUE)
    return value


def host_and_network(name: str, value: str, is_interface: IsInterface) -> str:
    """Take an address with the length of its network; alone it is a network of one."""
    try:
        return str(ipaddress.ip_interface(value))
    except ValueError as error:
        raise _invalid(name) from error


def check_limits(queue: Mapping[str, str]) -> None:
    """Raise Trap when what a queue guarantees is more than it allows (0: no limit)."""
    allowed = queue.get("max-limit", "0/0").partition("/")[::2]
    promised = queue.get("limit-at", "0/0").partition("/")[::2]
    for direction, most, least in zip(("upload", "download"), allowed, promised, strict=True):
        if 0 < int(most) < int(least):
            raise Trap(f"failure: {direction}-max-limit less than {direction}-limit")


def _target(name: str, part: str, is_interface: IsInterface) -> str:
    try:
        return str(ipaddress.ip_network(part, strict=False))
    except ValueError as error:
        if is_interface(part):
            return part
        # One line for each kind of value it might have been, as for the address of a ping.
        raise Trap(
            f"invalid value for argument {name}:\n"
            f"    input does not match any value of {name}-interface\n"
            "    invalid value for argument ip-address\n"
            "    invalid value for argument ipv6-address",
            BAD_VALUE,
        ) from error


def _pair(name: str, value: str) -> tuple[str, str]:
    first, _, second = value.partition("/")
    if not first:
        raise _invalid(name)
    if not second and _RATE.fullmatch(first):
        raise Trap(f"expected value of download-{name}", BAD_VALUE)
    return first, second


def _number(name: str, text: str) -> int:
    found = _RATE.fullmatch(text)
    if found is None:
        raise _invalid(name)
    return int(found[1]) * _UNITS[found[2]]


def _invalid(name: str) -> Trap:
    return Trap(f"invalid value for argument {name}", BAD_VALUE)
