"""Where the money of a statement's line stands in the books, and how a part of it gets there.

A line nobody has claimed when its statement is accepted is parked: bank against unmatched money
(2330), the whole of it, once. Whatever it then becomes is taken from 2330. A line that becomes one
thing before it is parked is taken from the bank's account itself, so that nothing is booked twice.
A line of several parts is always parked first: any part can then be undone alone.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from billing.models import JournalEntry
from billing.rules.chart import Chart
from billing.services import ledger
from billing.services.ledger import Line
from ispbill.audit.services import events
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError, Stale
from payments.models import StatementImport, StatementLine, StatementPart

PARKED, MOVED = "UNMATCHED", "STATEMENT"
SOURCE_LINE, SOURCE_PART = "statement_line", "statement_part"


class LineRefused(DomainError):
    """The line cannot become this: other amount, other direction, nothing left of it."""


def lock(line_id: int) -> StatementLine:
    """Lock a line; customers' standings are locked before, invoices and counters after."""
    return (
        StatementLine.objects.select_for_update(of=("self",))
        .select_related("account__branch", "statement")
        .get(pk=line_id)
    )


def check_open(line: StatementLine) -> None:
    """Raise Stale when somebody else has already said what the line is."""
    if not line.is_open:
        raise Stale(
            _("This line is already done: %(state)s.") % {"state": line.get_state_display()}
        )


def source_of(line: StatementLine) -> int:
    """Return the account a part of the line takes its money from."""
    return int(Chart.UNMATCHED_MONEY) if line.is_parked else line.account.account_id


def park(line: StatementLine, *, at: datetime, actor: Actor | None) -> None:
    """Book a locked line as money nobody is known to have paid; once, and only money that came."""
    if line.is_parked or line.amount < 0:
        return
    if line.open_amount != line.amount:
        raise RuntimeError("a line is parked before it has parts")
    ledger.open_chart()
    ledger.post(
        kind=PARKED, source_type=SOURCE_LINE, source_id=line.pk,
        lines=[
            Line(line.account.account_id, line.amount),
            Line(Chart.UNMATCHED_MONEY, -line.amount),
        ],
        posted_on=line.booked_on, at=at, branch_id=line.account.branch_id, customer_id=None,
        actor=actor, memo=_memo(line),
    )  # fmt: skip
    line.is_parked, line.state = True, StatementLine.State.PARKED
    line.save(update_fields=["is_parked", "state"])


def park_if_accepted(line: StatementLine, *, at: datetime, actor: Actor | None) -> None:
    """Park a line that has become nobody's again after its statement was accepted."""
    line.refresh_from_db(fields=["open_amount", "state", "is_parked"])
    accepted = line.statement.state == StatementImport.State.ACCEPTED
    if accepted and line.is_open and line.open_amount == line.amount:
        park(line, at=at, actor=actor)


def add_part(
    line: StatementLine, part: StatementPart, *, stands_at: int, at: datetime, actor: Actor | None
) -> StatementPart:
    """Write a part of a locked line and book it to `stands_at`, the account it belongs to.

    `stands_at` may be where the money is already (a payment taken by hand): then nothing moves.
    """
    part.save(force_insert=True)
    source = source_of(line)
    if source != stands_at:
        ledger.open_chart()
        ledger.post(
            kind=MOVED, source_type=SOURCE_PART, source_id=part.pk,
            lines=[Line(source, part.amount), Line(stands_at, -part.amount)],
            posted_on=line.booked_on, at=at, branch_id=line.account.branch_id,
            customer_id=None, actor=actor, memo=_memo(line, part),
        )  # fmt: skip
    line.refresh_from_db(fields=["open_amount", "state"])
    return part


def take_back(
    part: StatementPart, line: StatementLine, *, reason: str, at: datetime, actor: Actor | None
) -> None:
    """Mark a part of a locked line undone and book the opposite of what it had moved."""
    entry = JournalEntry.objects.filter(
        source_type=SOURCE_PART, source_id=part.pk, kind=MOVED
    ).first()
    if entry is not None:
        ledger.reverse(entry=entry, posted_on=clock.local_date(at), at=at, actor=actor, memo=reason)
    part.undone_at, part.undone_reason = at, reason
    part.undone_by_id = actor.pk if actor is not None else None
    part.save(update_fields=["undone_at", "undone_reason", "undone_by"])
    park_if_accepted(line, at=at, actor=actor)
    note("statement_line.undone", line, at=at, actor=actor, reason=reason, kind=part.kind)


def note(
    action: str, line: StatementLine, *, at: datetime, actor: Actor | None, reason: str = "",
    customers: Sequence[int] = (), **facts: str | int,
) -> None:  # fmt: skip
    """Leave an audit event about a line."""
    events.record(
        at=at, actor=actor, action=action, target=line, label=str(line)[:160],
        branch_id=line.account.branch_id, reason=reason,
        customer_id=customers[0] if len(customers) == 1 else None,
        after={"amount": str(line.amount), "state": line.state, **facts},
    )  # fmt: skip


def _memo(line: StatementLine, part: StatementPart | None = None) -> str:
    words = [part.kind if part is not None else "", line.account.name, line.description]
    return " ".join(filter(None, [*words, line.reference]))[:160]
