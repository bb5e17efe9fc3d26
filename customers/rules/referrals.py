"""Referral codes, and what makes a referral look like the same household (plain Python)."""

import re
import secrets
from dataclasses import dataclass

from customers.rules import similarity

# 32 signs, so 40 bits in eight; without I, L, O and U, which are misread (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
COOKIE = "ispbill_referral"  # the code of the last invitation somebody opened
COOKIE_DAYS = 30
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """Return a code nobody can guess: 8 signs out of 32, 40 random bits."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def read_code(text: str) -> str:
    """Return a typed code as it is kept: capitals, no spaces or dashes. "" when it is none."""
    code = re.sub(r"[\s\-–]", "", text).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


@dataclass(frozen=True)
class Household:
    """What tells two accounts of one household; empty texts tell nothing."""

    phones: frozenset[str]
    national_id: str
    email: str
    area_id: int
    address: str


def suspicion(one: Household, other: Household) -> str:
    """Return why two accounts look like one household (a `Referral.Suspicion`), or ""."""
    if one.phones & other.phones:
        return "PHONE"
    if one.national_id and one.national_id == other.national_id:
        return "NATIONAL_ID"
    if one.email and one.email == other.email:
        return "EMAIL"
    keys = [similarity.address_key(house.address) for house in (one, other)]
    if one.area_id == other.area_id and keys[0] == keys[1] != "":
        return "ADDRESS"
    return ""
