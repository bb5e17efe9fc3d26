"""A router's answer without what it says of people: only the shape of their names is left."""

from collections.abc import Mapping

_SECRET = {"password", "secret", "key", "passphrase"}
# Columns whose values say nothing of anybody; all others, and those we do not know, lose theirs.
_PLAIN = {
    ".id", "service", "disabled", "radius", "last-disconnect-reason", "limit-bytes-in",
    "limit-bytes-out", "only-one", "change-tcp-mss", "bridge-learning", "default", "rate-limit",
    "use-mpls", "use-compression", "use-encryption", "use-ipv6", "use-upnp", "uptime", "version",
    "build-time", "factory-software", "free-memory", "total-memory", "cpu", "cpu-count",
    "cpu-frequency", "cpu-load", "free-hdd-space", "total-hdd-space", "architecture-name",
    "board-name", "platform", "last-logged-out",
}  # fmt: skip
_LONGEST = 120


def scrubbed(row: Mapping[str, str]) -> dict[str, str]:
    """Return a row fit to be kept and shown: `amina-01` becomes `xxxxx-99`, a password `***`."""
    return {name: told(name, value) for name, value in row.items()}


def told(name: str, value: str) -> str:
    """Return what may be kept of one column's value."""
    if name in _SECRET:
        return "***" if value else ""
    return value[:_LONGEST] if name in _PLAIN else shape(value)


def shape(value: str) -> str:
    """Return a text with every letter as `x` and every digit as `9`."""
    return "".join(map(_masked, value[:_LONGEST]))


def _masked(character: str) -> str:
    if character.isnumeric():
        return "9"
    return character if character.isascii() and not character.isalnum() else "x"
