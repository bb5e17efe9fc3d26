"""Whose money a line of a bank statement is: how sure that is, and why.

Pure. Each match hint takes away a part of the doubt: two match hints of 90 % and 50 % leave 0.1 ×
0.5 of it, so together they are worth 95 %. Worked table and reasons: docs/algorithms/matching.md.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from customers.rules import spelling


class MatchHint(StrEnum):
    """What points from a line to a customer, a payment or a payout."""

    NUMBER = "NUMBER"  # the customer's number stands in the text
    INVOICE = "INVOICE"  # the number of one of its invoices does
    ACCOUNT = "ACCOUNT"  # a person said before whose account this is
    PAYER = "PAYER"  # … or whose name this is
    CLAIMED = "CLAIMED"  # the customer says that it is its account
    PHONE = "PHONE"
    NAME = "NAME"  # the payer is called like the customer
    AMOUNT = "AMOUNT"  # equal to an open invoice, or to all that is owed
    REFERENCE = "REFERENCE"  # of a payment or payout that is in the books
    DAY = "DAY"  # a payment in the books of the same amount, some days apart


# How much of the doubt each takes away, in percent.
WORTH: dict[MatchHint, int] = {
    MatchHint.NUMBER: 95,
    MatchHint.INVOICE: 95,
    MatchHint.ACCOUNT: 95,
    MatchHint.PAYER: 90,
    MatchHint.CLAIMED: 70,  # never enough by itself: anybody can name an account
    MatchHint.PHONE: 90,
    MatchHint.NAME: 60,  # of a name that is the same; less for one that is only alike
    MatchHint.AMOUNT: 50,
    MatchHint.REFERENCE: 98,
    MatchHint.DAY: 60,  # on the day itself or the next; 40 up to three days, 20 up to five
}
SURE = 95  # may be accepted among others
DOUBT = 90  # another one as likely as this makes it doubtful
LIKE_ENOUGH = Decimal("0.66")
NEAR_DAYS = 5
SHOWN = 3

_NUMBER = re.compile(r"\bCT[\s./-]{0,3}(\d{4})[\s./-]{0,3}(\d{4,9})\b", re.IGNORECASE)
_INVOICE = re.compile(r"\bINV[\s./-]{0,3}(\d{4})[\s./-]{0,3}(\d{4,9})\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\dA-Za-z])\+?\d[\d\s-]{8,16}\d(?![\dA-Za-z])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z/-]{3,}[0-9A-Za-z]")
# In many names, or written before them: they tell nothing alone.
_TITLES = frozenset(
    (
        "md", "mohammad", "mohammed", "muhammad", "mst", "mrs", "mr", "ms", "miss", "dr", "begum",
        "khatun", "mosammat", "shri", "smt", "ltd", "pvt", "pty", "limited", "enterprise",
        "traders", "from", "transfer", "payment",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What a text says by itself, ready to be looked up."""

    customers: frozenset[str]  # CT-2026-00012
    invoices: frozenset[str]  # INV-2026-00042
    digits: frozenset[str]  # digit strings that may be telephone numbers
    tokens: frozenset[str]  # upper case words that may be transaction ids


@dataclass(frozen=True)
class Found:
    """A match hint that was found: whom it points to and how strongly (percent of the doubt)."""

    match_hint: MatchHint
    worth: int
    detail: str = ""
    customer_id: int | None = None


@dataclass(frozen=True)
class Recorded:
    """A payment that is in the books already and that no line has claimed."""

    payment_id: int
    customer_id: int
    paid_on: date
    references: frozenset[str] = field(default_factory=frozenset)
    label: str = ""


@dataclass(frozen=True)
class Candidate:
    """One thing the line may be: a new payment of a customer, or a payment already recorded."""

    customer_id: int
    payment_id: int | None
    confidence: int  # 0 to 100
    reasons: tuple[Found, ...]


def named(text: str) -> Named:
    """Return what a statement's text names outright."""
    digits = {re.sub(r"\D", "", found) for found in _DIGITS.findall(text)}
    tokens = {token.upper() for token in _TOKEN.findall(text) if any(c.isdigit() for c in token)}
    return Named(
        customers=frozenset(f"CT-{y}-{int(n):05d}" for y, n in _NUMBER.findall(text)),
        invoices=frozenset(f"INV-{y}-{int(n):05d}" for y, n in _INVOICE.findall(text)),
        digits=frozenset(one for one in digits if 9 <= len(one) <= 15),
        tokens=frozenset(tokens),
    )


@lru_cache(maxsize=20_000)
def name_words(text: str) -> tuple[str, ...]:
    """Return the telling words of a name, lower case."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text))
    telling = tuple(word for word in words if word not in _TITLES)
    return telling or tuple(words)


def name_key(name: str) -> str:
    """Return what a payer's name is found by, however it is spaced; "" when it says too little."""
    words = " ".join(name_words(name))
    return hashlib.sha256(f"name:{words}".encode()).hexdigest() if len(words) > 3 else ""


def likeness(payer: str, name: str) -> Decimal:
    """Return how alike two names are, 0 to 1: twice the words they share by all words they have.

    A word is shared when it is spelled the same up to the few letters a word of its length may
    differ in. Names of one word are alike only when they are the same word.
    """
    first, second = name_words(payer), name_words(name)
    if not first or not second:
        return Decimal(0)
    if len(second) == 1:
        return Decimal(1) if first == second else Decimal(0)
    left, shared = list(second), 0
    for word in first:
        match = next((o for o in left if o == word), None) or next(
            (o for o in left if _is_near(word, o)), None
        )
        if match is not None:
            left.remove(match)
            shared += 1
    if shared < 2:
        return Decimal(0)
    # A bank cuts names off and adds words of its own: the shorter side counts.
    return Decimal(2 * shared) / Decimal(len(second) + max(shared, min(len(first), len(second))))


def combined(worths: Iterable[int]) -> int:
    """Return what match hints are worth together, in percent rounded down; each alone at most
    100."""
    doubt, match_hints = 1, 0
    for worth in worths:
        if not 0 <= worth <= 100:
            raise ValueError("a match hint is worth 0 to 100 percent")
        doubt *= 100 - worth
        match_hints += 1
    return 100 - -(-doubt // 100 ** (match_hints - 1)) if match_hints else 0


def day_worth(first: date, second: date) -> int:
    """Return what it is worth that two facts of the same amount lie so many days apart."""
    apart = abs((first - second).days)
    if apart <= 1:
        return WORTH[MatchHint.DAY]
    return 40 if apart <= 3 else 20 if apart <= NEAR_DAYS else 0


def weigh(
    *,
    booked_on: date,
    tokens: frozenset[str],
    match_hints: Sequence[Found],
    recorded: Sequence[Recorded],
) -> list[Candidate]:
    """Return what a line of money in may be, the likeliest first.

    `recorded` are unclaimed payments of the line's amount. A customer with one of them near the
    line's day is never proposed for a new payment: the same money would be taken twice.
    """
    own: dict[int, dict[MatchHint, Found]] = defaultdict(dict)
    for found in match_hints:
        if found.customer_id is not None:
            known = own[found.customer_id].get(found.match_hint)
            if known is None or known.worth < found.worth:
                own[found.customer_id][found.match_hint] = found
    candidates, spoken_for = [], set()
    for payment in recorded:
        about = []
        if payment.references & tokens:
            about.append(Found(MatchHint.REFERENCE, WORTH[MatchHint.REFERENCE], payment.label))
        if near := day_worth(booked_on, payment.paid_on):
            about.append(Found(MatchHint.DAY, near, payment.paid_on.isoformat()))
        if not about:
            continue
        # That the amount is the same has been counted: it made the payment a candidate.
        others = [
            one
            for match_hint, one in own[payment.customer_id].items()
            if match_hint != MatchHint.AMOUNT
        ]
        candidates.append(_candidate(payment.customer_id, payment.payment_id, [*about, *others]))
        spoken_for.add(payment.customer_id)
    candidates += [
        _candidate(customer_id, None, list(found.values()))
        for customer_id, found in own.items()
        if customer_id not in spoken_for and found
    ]
    return sorted(
        candidates, key=lambda one: (-one.confidence, one.customer_id, one.payment_id or 0)
    )


def is_safe(candidates: Sequence[Candidate]) -> bool:
    """Tell whether the first may be accepted unseen: sure, and nothing else nearly as likely."""
    if not candidates or candidates[0].confidence < SURE:
        return False
    return len(candidates) == 1 or candidates[1].confidence < DOUBT


def name_worth(alike: Decimal) -> int:
    """Return what a likeness of names is worth, in percent rounded down."""
    return int(alike * WORTH[MatchHint.NAME]) if alike >= LIKE_ENOUGH else 0


def _candidate(customer_id: int, payment_id: int | None, found: Sequence[Found]) -> Candidate:
    reasons = tuple(sorted(found, key=lambda one: (-one.worth, one.match_hint)))
    sure = combined(one.worth for one in reasons)
    return Candidate(customer_id, payment_id, sure, reasons)


def _is_near(word: str, other: str) -> bool:
    least = min(spelling.tolerance(word), spelling.tolerance(other))
    if least == 0 or abs(len(word) - len(other)) > least:
        return False
    return spelling.distance(word, other) <= least
