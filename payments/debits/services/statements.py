"""NetCash's statement: what came in and what went back, each line imported and followed once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from ispbill.audit.services import trail
from ispbill.core import clock, faults
from ispbill.core.acts import Act
from payments.debits.models import DebitBatch, DebitStatementLine, NetcashRequest
from payments.debits.services import requests, results
from payments.online.gateways.netcash import codes
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import NetcashRefused, Statement, StatementLine

STATEMENT = NetcashRequest.Kind.STATEMENT
READY_AT_HOUR = 9  # the statement of a day is ready at 08:30 of the next
ASK_EVERY = timedelta(hours=6)
OVERLAP = timedelta(days=7)
"""Days fetched again each time: lines come late, and each is imported once."""

Outcome = DebitStatementLine.Outcome


@dataclass
class Imported:
    """What reading a statement came to."""

    lines: int = 0
    new: int = 0
    done: dict[str, int] = field(default_factory=dict)  # outcome → lines
    problems: list[str] = field(default_factory=list)


def ask(*, netcash: Netcash, at: datetime, is_asked: bool = False) -> bool:
    """Ask for the statement, a few times a day once something was sent; return whether it was."""
    if not DebitBatch.objects.filter(sent_at__isnull=False).exists():
        return False
    last = requests.last_asked(STATEMENT)
    local = at.astimezone(clock.zone())
    is_time = local.hour >= READY_AT_HOUR and (last is None or at - last >= ASK_EVERY)
    if not (is_asked or is_time) or not requests.may_ask(STATEMENT, at=at):
        return False
    from_day = _from_day()
    requests.opened(STATEMENT, token=netcash.ask_statement(from_day), from_day=from_day, at=at)
    return True


def read(*, netcash: Netcash, at: datetime) -> Imported | None:
    """Fetch the statement that was asked for and follow its lines; None when it is not there."""
    request = requests.waiting(STATEMENT)
    if request is None:
        return None
    try:
        statement = netcash.statement(request.token)
    except NetcashRefused as error:
        requests.close(request, outcome="FAILED", note=str(error), at=at)
        raise
    if statement is None:
        requests.give_up_late(request, at=at)
        return None
    imported = Imported(lines=len(statement.lines), problems=_doubts(statement))
    imported.new = _keep(statement.lines, at=at)
    faults.point("payments.debits.statement_kept")
    imported.done = follow(at=at)
    requests.close(
        request,
        outcome="UNCHANGED" if statement.is_unchanged else "READ",
        rows=imported.lines,
        new_rows=imported.new,
        note="; ".join(imported.problems),
        at=at,
    )
    return imported


def follow(*, at: datetime) -> dict[str, int]:
    """Act on every line that was not acted on, in an order that makes sense of them."""
    done: dict[str, int] = {}
    waiting = DebitStatementLine.objects.filter(outcome__in=[Outcome.NEW, Outcome.HELD])
    # A payout is made of what came and went before it.
    lines = sorted(
        waiting,
        key=lambda line: (
            line.statement_date,
            line.code in codes.PAID_OUT,
            line.code in codes.UNPAID,
            line.pk,
        ),
    )
    for outcome in results.follow_all(lines=lines, at=at):
        done[outcome] = done.get(outcome, 0) + 1
        faults.point("payments.debits.line_followed")
    return done


@transaction.atomic
def _keep(lines: Sequence[StatementLine], *, at: datetime) -> int:
    """Write the lines that are new; a line fetched before is the same line."""
    trail.begin(act=Act(None, at, reason="NetCash statement imported"))
    before = DebitStatementLine.objects.count()
    DebitStatementLine.objects.bulk_create(
        [
            DebitStatementLine(
                statement_date=line.day,
                transaction_id=line.transaction_id[:60],
                code=line.code[:8],
                description=line.description[:200],
                effect_amount=line.amount,
                reason_code=line.reason[:8],
                reference=line.extras[0][:60],
                imported_at=at,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )
    return DebitStatementLine.objects.count() - before


def _doubts(statement: Statement) -> list[str]:
    """Return what a person must look at: lines nobody could read, a sum that does not come out."""
    doubts = [f"unread: {line[:80]}" for line in statement.unread]
    if statement.difference:
        doubts.append(f"opening, lines and closing differ by {statement.difference}")
    return doubts


def _from_day() -> date:
    """Return the day to ask from: a week before what was read last, or before the first batch."""
    last = (
        DebitStatementLine.objects.order_by("-statement_date")
        .values_list("statement_date", flat=True)
        .first()
    )
    if last is not None:
        return last - OVERLAP
    first = (
        DebitBatch.objects.filter(sent_at__isnull=False)
        .order_by("action_date")
        .values_list("action_date", flat=True)
        .first()
    )
    return (first or date.min) - OVERLAP
