"""Close months of the books, and reopen the latest: the gate is held, so nobody posts meanwhile.

The rules are in docs/algorithms/books.md; the database holds them too (migration `books`).
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from billing.books.queries import closing
from billing.ledger.models import PeriodClose
from billing.ledger.queries import trial
from billing.ledger.rules import months
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NotReady(DomainError):
    """Something on the checklist is not done; `keys` names it."""

    def __init__(self, message: str, keys: list[str]) -> None:
        super().__init__(message)
        self.keys = keys


class NothingToClose(DomainError):
    """The month is closed already, is not the end of a month, or nothing is booked."""


class NotReopenable(DomainError):
    """Only the latest closed month is reopened, and only by the owner."""


@transaction.atomic
def close(*, through: date, note: str, act: Act[User]) -> list[PeriodClose]:
    """Close every open month up to the one that ends on `through`; return the closings made.

    Waits for whoever is posting, and lets nobody post until it is done; `on` is the company date.
    Raises NothingToClose, NotReady.
    """
    trail.begin(act=act.because(note))
    _hold_gate()
    first = closing.next_month()
    if first is None or through < first or through != months.last_of(through):
        raise NothingToClose(_("There is no open month that ends on this day."))
    missing = [
        item.key
        for item in closing.checklist(first=first, last=through, on=act.on, at=act.at)
        if item.is_blocking and not item.is_met
    ]
    if missing:
        raise NotReady(_("Not everything on the checklist is done."), missing)
    return [_close(start, end, note=note, act=act) for start, end in months.between(first, through)]


@transaction.atomic
def reopen(*, closed: PeriodClose, act: Act[User]) -> PeriodClose:
    """Reopen the latest closed month. Raises NotReopenable, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    if not may(act.actor, "ledger.reopen"):
        raise NotReopenable(_("Only the owner reopens a closed month."))
    _hold_gate()
    closed = PeriodClose.objects.select_for_update().get(pk=closed.pk)
    if not closed.is_closed or closed.last_day != closing.closed_through():
        raise NotReopenable(_("Only the latest closed month can be reopened."))
    closed.reopened_at, closed.reopened_by, closed.reopen_reason = act.at, act.actor, act.reason
    closed.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    events.record(
        act=act,
        action="books.reopened",
        target=closed,
        before={"closed_through": closed.last_day},
        after={"closed_through": closing.closed_through()},
    )
    return closed


def _close(start: date, end: date, *, note: str, act: Act[User]) -> PeriodClose:
    balances = trial.trial_balance(start=start, end=end)
    made = PeriodClose.objects.create(
        first_day=start,
        last_day=end,
        entry_count=closing.entry_count(first=start, last=end),
        turnover_amount=balances.moved_in,
        figures={str(one.account.code): str(one.amount) for one in balances.balances},
        note=note.strip(),
        closed_at=act.at,
        closed_by=act.actor,
    )
    events.record(
        act=act.because(note),
        action="books.closed",
        target=made,
        after={"entries": made.entry_count, "turnover": made.turnover_amount},
    )
    return made


def _hold_gate() -> None:
    statements.run("SELECT pg_advisory_xact_lock(billing_books_gate())")
