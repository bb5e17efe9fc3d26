"""Debit orders: days banks work, how orders fill batches, and what follows a failed one.

Facts: docs/adr/0022-debit-orders.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

TWO_DAY_AHEAD = 3
"""Business days a two-day instruction needs; two are refused."""

OUT_OF_FUNDS = "02"
MOST_OUT_OF_FUNDS = 2
"""So many "not provided for" in a row and the banks block the account for debits."""

LONGEST_REFERENCE = 22


def business_days_after(day: date, count: int) -> date:
    """Return the `count`-th weekday after `day`. Public holidays are Netcash's to say."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day


@dataclass(frozen=True)
class Due:
    """An open invoice that may be collected; `attempt` counts from 1."""

    invoice_id: int
    amount: Decimal
    attempt: int


def within(due: Sequence[Due], *, limit: Decimal | None) -> list[Due]:
    """Return the invoices that fit one collection, oldest first as given, none of them cut up."""
    taken: list[Due] = []
    total = Decimal(0)
    for one in due:
        if limit is not None and total + one.amount > limit:
            continue
        taken.append(one)
        total += one.amount
    return taken


class Then(StrEnum):
    """What an unpaid code asks for (the codes themselves are the gateway's)."""

    RETRY = "retry"
    NEW_MANDATE = "new_mandate"
    NEW_BANK_DETAILS = "new_bank_details"
    STOP = "stop"


@dataclass(frozen=True)
class Verdict:
    """What follows a failed debit. `need`: what ends the suspension; "" when it goes on."""

    is_retried: bool
    need: str
    failures: int

    @property
    def is_stopped(self) -> bool:
        return self.need != ""


def after_failure(
    *, code: str, then: Then, failed_before: Sequence[str], most_failures: int
) -> Verdict:
    """Decide what becomes of a mandate whose debit failed.

    `failed_before`: the codes of the debits that failed right before it, the latest first. Two
    "not provided for" in a row, a stop, a closed account: banks refuse more debits until there is
    a new mandate, so none are sent.
    """
    row = [code, *failed_before]
    need = {
        Then.RETRY: "",
        Then.NEW_MANDATE: "NEW_MANDATE",
        Then.NEW_BANK_DETAILS: "NEW_BANK_DETAILS",
        Then.STOP: "STAFF",
    }[then]
    is_out_of_funds = row[:MOST_OUT_OF_FUNDS] == [OUT_OF_FUNDS] * MOST_OUT_OF_FUNDS
    if not need and (is_out_of_funds or len(row) >= most_failures):
        need = "NEW_MANDATE"
    return Verdict(is_retried=not need, need=need, failures=len(row))
