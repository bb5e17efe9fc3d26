"""How long a payment attempt lives, and when the gateway is asked about it unasked."""

import secrets
from datetime import datetime, timedelta

LIFE = timedelta(hours=24)
# A customer on the gateway's page is given five minutes; a notice usually comes within one.
FIRST_CHECK = timedelta(minutes=5)
# Minutes after the first, second … check. Who pays within the first hour and of whom nothing is
# heard, neither browser nor notice, is found within a quarter of an hour.
_WAITS = (5, 5, 10, 10, 10, 10, 10, 60, 120, 240, 480)
# The same request within this time goes on with the page that is open already.
REOPENED_WITHIN = timedelta(minutes=30)
GIVES_UP_AFTER = 5  # a gateway that was silent so often in one run is left for the next
LATE_CHECKS = 3  # after the end of its time, a day apart: money can still come
# After the gateway did not answer: sooner, for the customer is waiting.
_RETRIES = (1, 2, 5, 15, 30, 60)  # minutes
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, no I, L, O, U


def new_order(length: int) -> str:
    """Return a random order id of letters and digits: 5 bits each, `length` at most.

    30 of them leave 145 bits to guess; Nagad takes 20, which leaves 95.
    """
    return "P" + "".join(secrets.choice(_LETTERS) for _ in range(length - 1))


def next_check(*, at: datetime, checks: int, is_down: bool) -> datetime:
    """Return when to ask again after `checks` questions have been asked."""
    waits = _RETRIES if is_down else _WAITS
    return at + timedelta(minutes=waits[min(checks, len(waits)) - 1] if checks else waits[0])


def said(verdict: str) -> str:
    """Return what is noted of a message after the gateway was asked about it."""
    return f"the gateway says {verdict}"


NOTHING_KNOWN = said("UNKNOWN")  # the message says "paid", and the gateway knows no such payment
