"""How often accounts may be searched for on /pay (docs/adr/0051-searching-without-a-login.md).

Thousands of customers share the few addresses of a carrier, so an address may search for phone
numbers often; what it may not do often is miss. One number is searched for a few times by its owner
and by nobody else. Customer numbers are in order: they need the phone's last digits, and every
attempt counts, hit or miss.
"""

import re
from datetime import date

from ispbill.accounts.services import throttle
from payments.online.queries import online
from payments.online.queries.online import Found

# In fifteen minutes (`throttle.WINDOW`).
BY_NUMBER = 6
BY_ADDRESS = 300
MISSES_BY_ADDRESS = 20
# Customer numbers, whoever they are: by number (wrong ones, in an hour), by address, and of all.
WRONG_BY_NUMBER = 5
NUMBERS_BY_ADDRESS = 20
NUMBERS_AN_HOUR = 2_000
_HOUR = 3_600
_PHONE_DIGITS = 10  # the end of a phone number, however its beginning is written


def search(*, typed: str, digits: str = "", ip: str, on: date) -> list[Found]:
    """Return the accounts a number names. Raises TooManyTries.

    `digits` are the last four of the phone, needed with a customer number. A search is counted as
    a miss before it is judged, so rivals cannot share a count, and reversed when something is
    found.
    """
    if online.is_number(typed):
        return _by_number(typed, digits, ip, on)
    limits = [(f"pay:number:{throttle.mark(_same(typed))}", BY_NUMBER)]
    address = throttle.network(ip)
    missed = f"pay:missed:{address}"
    if ip:
        limits += [(f"pay:address:{address}", BY_ADDRESS), (missed, MISSES_BY_ADDRESS)]
    throttle.count_in(limits)
    found = online.found(typed, digits="", on=on)
    if found and ip:
        throttle.take_back(missed)
    return found


def _by_number(typed: str, digits: str, ip: str, on: date) -> list[Found]:
    wrong = f"pay:wrong:{throttle.mark(_same(typed))}"
    if ip:
        throttle.count_in([(f"pay:numbers:{throttle.network(ip)}", NUMBERS_BY_ADDRESS)])
    throttle.count_in([(wrong, WRONG_BY_NUMBER), ("pay:numbers", NUMBERS_AN_HOUR)], seconds=_HOUR)
    found = online.found(typed, digits=digits, on=on)
    if found:
        throttle.take_back(wrong)
    return found


def _same(typed: str) -> str:
    """Return what the many ways to write one number have in common."""
    plain = re.sub(r"[^0-9a-z]", "", typed.lower())
    return plain[-_PHONE_DIGITS:] if plain.isdigit() else plain
