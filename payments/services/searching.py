"""How often accounts may be searched for on /pay (docs/adr/0030-what-was-left-of-billing.md).

Thousands of customers share the few addresses of a carrier, so an address may search often; what it
may not do often is miss. One number is searched for a few times by its owner and by nobody else.
"""

import re
from datetime import date

from ispbill.accounts.services import throttle
from payments.queries import online
from payments.queries.online import Found

# In fifteen minutes (`throttle.WINDOW`).
BY_NUMBER = 6
BY_ADDRESS = 300
MISSES_BY_ADDRESS = 20
_PHONE_DIGITS = 10  # the end of a phone number, however its beginning is written


def search(*, typed: str, ip: str, on: date) -> list[Found]:
    """Return the accounts a number names. Raises TooManyTries.

    A search is counted as a miss before it is judged, so rivals cannot share a count, and taken
    back when something is found.
    """
    limits = [(f"pay:number:{throttle.mark(_same(typed))}", BY_NUMBER)]
    missed = f"pay:missed:{ip}"
    if ip:
        limits += [(f"pay:address:{ip}", BY_ADDRESS), (missed, MISSES_BY_ADDRESS)]
    throttle.count_in(limits)
    found = online.found(typed, on=on)
    if found and ip:
        throttle.take_back(missed)
    return found


def _same(typed: str) -> str:
    """Return what the many ways to write one number have in common."""
    plain = re.sub(r"[^0-9a-z]", "", typed.lower())
    return plain[-_PHONE_DIGITS:] if plain.isdigit() else plain
