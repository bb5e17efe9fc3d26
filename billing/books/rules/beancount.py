"""The journal as a Beancount file: plain text that accountants' programs read and check.

Syntax: Beancount Language Syntax (beancount.github.io/docs/beancount_language_syntax.html), version
3. Amounts are debit positive, as in our books; numbers have a point and no grouping; strings are in
double quotes with backslash escapes. Why this format: docs/adr/0013-accountants-export.md.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ROOTS = {
    "ASSET": "Assets",
    "LIABILITY": "Liabilities",
    "EQUITY": "Equity",
    "INCOME": "Income",
    "EXPENSE": "Expenses",
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Booked:
    """One account of the chart."""

    code: int
    name: str
    kind: str


@dataclass(frozen=True)
class Written:
    """One entry: its day, what it is, whom it is with, and its postings (account code, amount)."""

    number: int
    on: date
    kind: str
    document: str
    party: str
    branch: str
    memo: str
    postings: tuple[tuple[int, Decimal], ...]


def account_name(account: Booked) -> str:
    """Return the account in Beancount's words: `Assets:1100-Receivables-from-customers`.

    Every part begins with a capital or a digit and holds letters, digits and dashes only; the
    code keeps names apart that would otherwise be the same.
    """
    words = "-".join(filter(None, _NOT_IN_NAMES.split(account.name)))
    return f"{ROOTS[account.kind]}:{account.code}{f'-{words}' if words else ''}"


def lines(
    *,
    title: str,
    currency: str,
    opened_on: date,
    accounts: Iterable[Booked],
    opening: Iterable[tuple[int, Decimal]],
    entries: Iterable[Written],
    closing_on: date,
    closing: Iterable[tuple[int, Decimal]],
) -> Iterator[str]:
    """Yield the file line by line.

    `opening` are balances before the first day, `closing` those at the beginning of `closing_on`:
    the program that reads the file checks them, so a file that lost an entry does not pass.
    """
    names = {account.code: account_name(account) for account in accounts}
    yield f"option {quoted('title')} {quoted(title)}\n"
    yield f"option {quoted('operating_currency')} {quoted(currency)}\n\n"
    for code in sorted(names):
        yield f"{opened_on} open {names[code]} {currency}\n"
    begin = [(code, amount) for code, amount in opening if amount]
    if begin:
        yield f"\n{opened_on} * {quoted('Opening balances')}\n"
        yield from _postings(begin, names, currency)
    for entry in entries:
        narration = " ".join(filter(None, (entry.kind, entry.document, entry.memo)))
        yield f"\n{entry.on} * {quoted(entry.party)} {quoted(narration)}\n"
        yield f"  entry: {quoted(str(entry.number))}\n"
        yield f"  branch: {quoted(entry.branch)}\n"
        yield from _postings(entry.postings, names, currency)
    yield "\n"
    for code, amount in closing:
        yield f"{closing_on} balance {names[code]}  {amount:.2f} {currency}\n"


def quoted(text: str) -> str:
    """Return a text as a Beancount string of one line."""
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _postings(
    postings: Iterable[tuple[int, Decimal]], names: dict[int, str], currency: str
) -> Iterator[str]:
    for code, amount in postings:
        yield f"  {names[code]}  {amount:.2f} {currency}\n"
