"""When two accounts look like the same household or person; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from customers.rules import spelling

_NOISE = {"md", "mohammad", "mohammed", "muhammad", "mr", "mrs", "ms", "dr", "house", "road",
          "flat", "block", "sector", "h", "r", "no"}  # fmt: skip


def name_key(name: str) -> str:
    """Return a name without titles, marks and order: the words sorted, lower case."""
    words = re.findall(r"\w+", name.lower())
    return " ".join(sorted(word for word in words if word not in _NOISE)) or name.lower().strip()


def address_key(address: str) -> str:
    """Return an address without punctuation and filler words: `House 12, Road 3` → `12 3`."""
    return " ".join(word for word in re.findall(r"\w+", address.lower()) if word not in _NOISE)


def same_name(first: str, second: str) -> bool:
    """Tell whether two names differ by no more than spelling."""
    one, other = name_key(first), name_key(second)
    return one == other or spelling.distance(one, other) <= spelling.tolerance(
        min(one, other, key=len)
    )


LIKELY, WORTH_A_LOOK = 70, 30
MOST_SHARING = 20  # a value that more accounts have says nothing (a shop's phone, a tower block)

NATIONAL_ID, PHONE, EMAIL = "national_id", "phone", "email"
ALTERNATE, NAME, ADDRESS, OTHER_ID = "alternate_phone", "name", "address", "other_national_id"
POINTS: Mapping[str, int] = {
    NATIONAL_ID: 60, PHONE: 40, EMAIL: 30, ALTERNATE: 20, NAME: 20, ADDRESS: 20, OTHER_ID: -40,
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """What of an account tells who it is; empty texts tell nothing."""

    name: str
    phone: str = ""
    alternate_phone: str = ""
    email: str = ""
    national_id: str = ""
    area: int = 0
    address: str = ""


def reasons(one: Person, other: Person, *, common: Collection[str] = ()) -> list[str]:
    """Return what two accounts share (keys of POINTS), and whether their national ids differ.

    `common` are values that too many accounts have: they count nothing.
    """
    email = one.email.lower()
    keys = address_key(one.address), address_key(other.address)
    numbers = {one.phone, one.alternate_phone} & {other.phone, other.alternate_phone}
    found = {
        NATIONAL_ID: _same(one.national_id, other.national_id, common),
        PHONE: _same(one.phone, other.phone, common),
        EMAIL: _same(email, other.email.lower(), common),
        ALTERNATE: one.phone != other.phone and bool(numbers - {""} - set(common)),
        NAME: same_name(one.name, other.name),
        ADDRESS: one.area == other.area and _same(keys[0], keys[1], common),
        OTHER_ID: bool(one.national_id and other.national_id)
        and one.national_id != other.national_id,
    }
    return [why for why, holds in found.items() if holds]


def score(why: Collection[str]) -> int:
    """Return how alike two accounts are, from 0 to 100."""
    return max(0, min(100, sum(POINTS[one] for one in why)))


def _same(one: str, other: str, common: Collection[str]) -> bool:
    return bool(one) and one == other and one not in common
