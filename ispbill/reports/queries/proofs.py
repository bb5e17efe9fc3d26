"""Prove the books: each check is one query that returns what contradicts it, and should be empty.

`check_ledger` runs them all and exits 1 with the list; the same run every night is the answer to
"can a constraint be missing or switched off without anybody noticing".
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from billing.ledger.services import ledger_seals
from ispbill.audit.services import seals
from ispbill.core import statements
from ispbill.core.marking import gettext_noop
from ispbill.reports.queries import (
    bank_proofs,
    bill_proofs,
    cash_proofs,
    debit_proofs,
    figure_proofs,
    guard_proofs,
    ledger_proofs,
    lifecycle_proofs,
    money_proofs,
    online_proofs,
    partner_proofs,
    service_proofs,
    voucher_proofs,
)

# name → (what it means, SQL returning a few labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = (
    ledger_proofs.CHECKS
    | bill_proofs.CHECKS
    | money_proofs.CHECKS
    | service_proofs.CHECKS
    | voucher_proofs.CHECKS
    | lifecycle_proofs.CHECKS
    | cash_proofs.CHECKS
    | debit_proofs.CHECKS
    | bank_proofs.CHECKS
    | online_proofs.CHECKS
    | partner_proofs.CHECKS
)
DATED_CHECKS = service_proofs.DATED_CHECKS

_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """A broken promise: its name, what it means, how often, and the first few cases."""

    check: str
    meaning: str
    count: int
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """How one proof went: `count` is what it found (0: it holds), `seconds` what it took."""

    check: str
    meaning: str
    count: int
    examples: list[str]
    seconds: float

    @property
    def finding(self) -> Finding:
        return Finding(self.check, self.meaning, self.count, self.examples)


def _broken_trail() -> list[str]:
    return seals.broken()


def _broken_journal() -> list[str]:
    return ledger_seals.broken()


# What is proven by more than one query, when a business date is given (they reckon all hashes).
CHAINS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "audit_trail_is_sealed": (gettext_noop("The audit trail is what was sealed"), _broken_trail),
    "journal_is_sealed": (
        gettext_noop("The entries in the books are what was sealed"),
        _broken_journal,
    ),
}


def names() -> dict[str, str]:
    """Return every proof with its meaning, in the order they are made."""
    queries = CHECKS | guard_proofs.CHECKS | DATED_CHECKS | figure_proofs.CHECKS
    meanings = {name: meaning for name, (meaning, _query) in queries.items()}
    return meanings | {name: meaning for name, (meaning, _find) in CHAINS.items()}


def run_all(*, on: date | None = None) -> Iterator[Result]:
    """Make every proof and yield how it went, one by one.

    With a business date `on`, also what should have been billed by that day, and the chains of
    the audit trail and of the journal.
    """
    checks = CHECKS | guard_proofs.CHECKS | (DATED_CHECKS if on is not None else {})
    for name, (meaning, query) in checks.items():
        begun = time.monotonic()
        dated = query.replace("%(on)s", f"date '{on:%Y-%m-%d}'") if on else query
        count, examples = statements.first(
            f"WITH wrong (label) AS ({dated}) SELECT count(*), (array_agg(label))[1:%s] FROM wrong",
            [_SHOWN],
        )
        yield Result(name, meaning, count, list(examples or []), time.monotonic() - begun)
    begun = time.monotonic()
    for name, meaning, count, examples in figure_proofs.results(_SHOWN):
        yield Result(name, meaning, count, examples, time.monotonic() - begun)
        begun = time.monotonic()
    if on is None:
        return
    for name, (meaning, find) in CHAINS.items():
        begun = time.monotonic()
        broken = find()
        yield Result(name, meaning, len(broken), broken[:_SHOWN], time.monotonic() - begun)


def check_all(*, on: date | None = None) -> list[Finding]:
    """Run every check (see `run_all`); an empty list means the books hold."""
    return [result.finding for result in run_all(on=on) if result.count]
