"""Where the money of a statement's line stands in the books, and how a part of it gets there.

A line nobody has claimed when its statement is accepted is held as unmatched money: bank against
unmatched money (2330), the whole of it, once. Whatever it then becomes is taken from 2330. A line
that becomes one thing before it is held as unmatched money is taken from the bank's account
itself, so that nothing is booked twice. A line of several parts is always held as unmatched money
first: any part can then be undone alone.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from billing.ledger.models import JournalEntry
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events
from ispbill.core import clock, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.bank.models import StatementImport, StatementLine, StatementPart

HELD_MONEY, MOVED = "UNMATCHED", "STATEMENT"
SOURCE_LINE, SOURCE_PART = "statement_line", "statement_part"


class LineRefused(DomainError):
    """The line cannot become this: other amount, other direction, nothing left of it."""


def lock(line_id: int) -> StatementLine:
    """Lock a line; customers' account states are locked before, invoices and counters after."""
    return (
        StatementLine.objects.select_for_update(of=("self",))
        .select_related("account__branch", "statement")
        .get(pk=line_id)
    )


def lock_all(line_ids: Sequence[int]) -> dict[int, StatementLine]:
    """Lock lines like `lock`, in the order of their ids."""
    lines = StatementLine.objects.select_for_update(of=("self",)).filter(pk__in=line_ids)
    return {
        line.pk: line
        for line in lines.select_related("account__branch", "statement").order_by("pk")
    }


def check_open(line: StatementLine) -> None:
    """Raise Stale when somebody else has already said what the line is."""
    if not line.is_open:
        raise Stale(
            _("This line is already done: %(state)s.") % {"state": line.get_state_display()}
        )


def source_of(line: StatementLine) -> int:
    """Return the account a part of the line takes its money from."""
    return int(Chart.UNMATCHED_MONEY) if line.is_held_unmatched else line.account.account_id


def hold_unmatched(line: StatementLine, *, act: Act) -> None:
    """Book a locked line as money nobody is known to have paid; once, and only money that came."""
    if line.is_held_unmatched or line.amount < 0:
        return
    if line.open_amount != line.amount:
        raise RuntimeError("a line is held as unmatched money before it has parts")
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=HELD_MONEY,
            source_type=SOURCE_LINE,
            source_id=line.pk,
            lines=[
                Line(line.account.account_id, line.amount),
                Line(Chart.UNMATCHED_MONEY, -line.amount),
            ],
            posted_on=line.booked_on,
            branch_id=line.account.branch_id,
            customer_id=None,
            memo=_memo(line),
        ),
        act=act,
    )
    line.is_held_unmatched, line.state = True, StatementLine.State.HELD
    line.save(update_fields=["is_held_unmatched", "state"])


def hold_if_accepted(line: StatementLine, *, act: Act) -> None:
    """Hold a line that has become nobody's again after its statement was accepted."""
    line.refresh_from_db(fields=["open_amount", "state", "is_held_unmatched"])
    accepted = line.statement.state == StatementImport.State.ACCEPTED
    if accepted and line.is_open and line.open_amount == line.amount:
        hold_unmatched(line, act=act)


def add_part(
    line: StatementLine, part: StatementPart, *, stands_at: int, act: Act
) -> StatementPart:
    """Write a part of a locked line and book it to `stands_at`, the account it belongs to.

    `stands_at` may be where the money is already (a payment taken by hand): then nothing moves.
    """
    part.save(force_insert=True)
    source = source_of(line)
    if source != stands_at:
        ledger.open_chart()
        ledger.post(
            ledger.Fact(
                kind=MOVED,
                source_type=SOURCE_PART,
                source_id=part.pk,
                lines=[Line(source, part.amount), Line(stands_at, -part.amount)],
                posted_on=line.booked_on,
                branch_id=line.account.branch_id,
                customer_id=None,
                memo=_memo(line, part),
            ),
            act=act,
        )
    line.refresh_from_db(fields=["open_amount", "state"])
    return part


def add_parts(parts: Sequence[StatementPart]) -> None:
    """Write parts of locked lines whose money their own payments have moved already."""
    statements.insert(parts)
    now = StatementLine.objects.in_bulk([part.line_id for part in parts])
    for part in parts:
        part.line.open_amount = now[part.line_id].open_amount
        part.line.state = now[part.line_id].state


def take_back(part: StatementPart, line: StatementLine, *, act: Act) -> None:
    """Mark a part of a locked line undone and book the opposite of what it had moved."""
    entry = JournalEntry.objects.filter(
        source_type=SOURCE_PART, source_id=part.pk, kind=MOVED
    ).first()
    if entry is not None:
        ledger.reverse(entry=entry, posted_on=clock.local_date(act.at), act=act, memo=act.reason)
    part.undone_at, part.undone_reason = act.at, act.reason
    part.undone_by_id = act.actor.pk if act.actor is not None else None
    part.save(update_fields=["undone_at", "undone_reason", "undone_by"])
    hold_if_accepted(line, act=act)
    note("statement_line.undone", line, act=act, kind=part.kind)


def note(
    action: str, line: StatementLine, *, act: Act, customers: Sequence[int] = (), **facts: str | int
) -> None:
    """Leave an audit event about a line."""
    events.write([said(action, line, act=act, customers=customers, **facts)])


def said(
    action: str, line: StatementLine, *, act: Act, customers: Sequence[int] = (), **facts: str | int
) -> AuditEvent:
    """Return an audit event about a line that is not written yet."""
    return events.said(
        events.Target(
            type="statementline",
            id=str(line.pk),
            label=str(line)[:160],
            branch_id=line.account.branch_id,
            customer_id=customers[0] if len(customers) == 1 else None,
        ),
        act=act,
        action=action,
        after={"amount": str(line.amount), "state": line.state, **facts},
    )


def _memo(line: StatementLine, part: StatementPart | None = None) -> str:
    words = [part.kind if part is not None else "", line.account.name, line.description]
    return " ".join(filter(None, [*words, line.reference]))[:160]
