"""Numbers of provisional receipts, and the order of houses along a street."""

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # of device codes: none that look alike
_NUMBER = re.compile(r"^PR-([0-9A-Z]{4})-(\d{5})-([0-9A-Z])$")


def check_character(text: str) -> str:
    """Return the check character of ISO 7064 MOD 37,36."""
    product = 36
    for character in text:
        total = (product + ALPHABET.index(character)) % 36 or 36
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def written(device: str, counter: int) -> str:
    """Return the number of a device's receipt, such as PR-K7Q2-00017-H."""
    digits = f"{counter:05d}"
    return f"PR-{device}-{digits}-{check_character(device + digits)}"


def read(number: str) -> tuple[str, int]:
    """Return the device's code and the counter. Raises ValueError for one that was mistyped."""
    found = _NUMBER.match(number)
    if found is None or written(found[1], int(found[2])) != number:
        raise ValueError(number)
    return found[1], int(found[2])


def house_order(address: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts house 2 before house 10."""
    parts = re.findall(r"\d+|\D+", address.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.strip()) for part in parts]
