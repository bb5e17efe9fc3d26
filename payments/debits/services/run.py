"""The daily run, and what goes on all day: plan, send, follow, import. All of it may run twice.

One process at a time (an advisory lock); each step asks NetCash with no transaction open and writes
what it heard in short ones. Whatever dies in between is taken up by the next round.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from ispbill.audit.services.jobs import Progress
from ispbill.core import clock, locks
from ispbill.core.acts import Act
from payments.debits.models import DebitBatch, DebitSettings
from payments.debits.queries.debits import Candidate
from payments.debits.rules import debits as rules
from payments.debits.services import (
    checking,
    planning,
    polling,
    sending,
    signature,
    statements,
    submission,
)
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import BatchRow, Instruction, NetcashError
from payments.online.services import connection

log = logging.getLogger(__name__)

State = DebitBatch.State
WATCHED_FOR = timedelta(days=3)
"""So long a batch that was given up is looked for: it must not be authorised after all."""


@dataclass
class Report:
    """What a run did or would do; amounts in Rand."""

    is_on: bool = True
    is_busy: bool = False
    action_date: date | None = None
    orders: int = 0
    amount: Decimal = Decimal(0)
    left_out: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[Candidate, Decimal]] = field(default_factory=list)
    batches: dict[str, str] = field(default_factory=dict)  # name → state
    problems: list[str] = field(default_factory=list)


@dataclass
class Followed:
    """What a round of following did."""

    is_busy: bool = False
    changes: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def process(
    *, on: date, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Collect what is due: plan the orders of the company date `on`, and send them.

    The action date is NetCash's next one at least three business days ahead. A dry run asks for it
    and shows what would be planned. Raises NotConnected without an account.
    """
    choices = DebitSettings.current()
    if not choices.is_on:
        return Report(is_on=False)
    netcash = connection.client()
    with locks.only_one("debit-orders") as is_free:
        if not is_free:
            return Report(is_busy=True)
        report = Report()
        if not dry_run:
            # What an earlier run left unclear comes first: it may free invoices to be planned.
            _guarded(report.problems, "looking for batches", lambda: _resume(netcash, at=at))
        asked_on = max(on, clock.local_date(at))
        try:
            report.action_date = _action_date(netcash, choices, on=asked_on)
        except NetcashError as error:
            report.problems.append(f"action date: {error}")
            return report
        if dry_run:
            plan = planning.preview(action_date=report.action_date, choices=choices)
            report.lines = plan.lines
        else:
            plan = planning.write(on=on, action_date=report.action_date, choices=choices, at=at)
            _send_drafts(netcash, report.problems, at=at)
        report.orders, report.amount, report.left_out = plan.orders, plan.amount, plan.left_out
        found = DebitBatch.objects.filter(planned_on=on).order_by("pk")
        report.batches = dict(found.values_list("name", "state"))
        if progress is not None:
            progress.advance(processed=report.orders)
        return report


def follow(*, at: datetime, is_asked: bool = False) -> Followed:
    """Follow everything that is under way: mandates, batches, the statement.

    A step NetCash does not answer is left to the next round. `is_asked`: a person wants the
    statement now. Raises NotConnected without an account.
    """
    netcash = connection.client()
    with locks.only_one("debit-orders") as is_free:
        if not is_free:
            return Followed(is_busy=True)
        done = Followed()
        steps: list[tuple[str, Callable[[], int]]] = [
            ("account numbers", lambda: checking.check_waiting(netcash=netcash, at=at)),
            ("mandates", lambda: submission.send_waiting(netcash=netcash, at=at).sent),
            ("batches", lambda: _follow_batches(netcash, done.problems, at=at)),
            ("asked for mandates", lambda: int(signature.ask(netcash=netcash, at=at))),
            ("mandates followed", lambda: signature.read(netcash=netcash, at=at)),
            (
                "asked for the statement",
                lambda: int(statements.ask(netcash=netcash, at=at, is_asked=is_asked)),
            ),
            ("statement lines", lambda: _read_statement(netcash, done.problems, at=at)),
        ]
        for name, step in steps:
            count = _guarded(done.problems, name, step)
            if count:
                done.figures[name] = count
                done.changes += count
        return done


def follow_if_on(*, at: datetime, is_asked: bool = False) -> Followed:
    """Follow what is under way, if anything may be: without an account there is nothing to ask."""
    if connection.account() is None:
        return Followed()
    if not DebitSettings.current().is_on and not _is_anything_under_way():
        return Followed()
    done = follow(at=at, is_asked=is_asked)
    for problem in done.problems:
        log.warning("debit orders left something over", extra={"problem": problem})
    return done


def _is_anything_under_way() -> bool:
    """Tell whether what was sent before it was switched off may still bring an answer."""
    return DebitBatch.objects.filter(sent_at__isnull=False).exists()


def _action_date(netcash: Netcash, choices: DebitSettings, *, on: date) -> date:
    """Return the next day NetCash accepts. What it says too early is not believed."""
    instruction = Instruction(choices.instruction)
    is_two_day = instruction is Instruction.TWO_DAY
    earliest = rules.business_days_after(on, rules.TWO_DAY_AHEAD) if is_two_day else on
    return max(earliest, netcash.next_action_date(earliest, instruction))


def _resume(netcash: Netcash, *, at: datetime) -> int:
    """Find out what became of batches somebody died over or never heard of."""
    unsure = list(DebitBatch.objects.filter(state=State.SENDING).order_by("pk"))
    if not unsure:
        return 0
    rows = polling.batch_rows(netcash=netcash, at=at)
    return sum(
        sending.find_unsure(batch=batch, rows=rows, at=at) != State.SENDING for batch in unsure
    )


def _send_drafts(netcash: Netcash, problems: list[str], *, at: datetime) -> int:
    sent = 0
    for batch in DebitBatch.objects.filter(state=State.DRAFT).order_by("pk"):
        try:
            sent += sending.send(batch=batch, netcash=netcash, at=at) == State.UPLOADED
        except NetcashError as error:
            problems.append(f"{batch.name}: {error}")
    return sent


def _follow_batches(netcash: Netcash, problems: list[str], *, at: datetime) -> int:
    """Bring every batch under way one step on; return how many moved."""
    given_up = Q(state=State.ABANDONED, sent_at__gte=at - WATCHED_FOR)
    if not DebitBatch.objects.filter(Q(state__in=DebitBatch.UNDER_WAY) | given_up).exists():
        return 0
    on, choices = clock.local_date(at), DebitSettings.current()
    rows = polling.batch_rows(netcash=netcash, at=at)
    polling.watch_abandoned(rows, at=at)
    moved = 0
    for batch in DebitBatch.objects.filter(state__in=DebitBatch.UNDER_WAY).order_by("pk"):
        before = batch.state
        try:
            after = _step(batch, netcash, rows, choices, on=on, at=at)
        except NetcashError as error:
            problems.append(f"{batch.name}: {error}")
            continue
        moved += after != before
    return moved


def _step(
    batch: DebitBatch,
    netcash: Netcash,
    rows: list[BatchRow],
    choices: DebitSettings,
    *,
    on: date,
    at: datetime,
) -> str:
    state: str = batch.state
    if state == State.SENDING:
        state = sending.find_unsure(batch=batch, rows=rows, at=at)
    elif state == State.DRAFT and choices.is_on:
        state = sending.send(batch=batch, netcash=netcash, at=at)
    batch.refresh_from_db()
    if state == State.UPLOADED:
        state = polling.load(batch=batch, netcash=netcash, rows=rows, at=at)
        batch.refresh_from_db()
    if state == State.LOADED:
        state = polling.status(batch=batch, rows=rows, on=on, at=at)
        batch.refresh_from_db()
    if state == State.LOADED and choices.authorises_itself and choices.is_on:
        state = polling.authorise(batch=batch, netcash=netcash, rows=rows, act=Act(None, at))
        batch.refresh_from_db()
    if state == State.AUTHORISED:
        state = polling.status(batch=batch, rows=rows, on=on, at=at)
    return state


def _read_statement(netcash: Netcash, problems: list[str], *, at: datetime) -> int:
    imported = statements.read(netcash=netcash, at=at)
    if imported is None:
        return 0
    problems += imported.problems
    return imported.new


def _guarded(problems: list[str], name: str, step: Callable[[], int]) -> int:
    try:
        return step()
    except NetcashError as error:
        problems.append(f"{name}: {error}")
        log.warning("netcash step left to the next round", extra={"step": name})
        return 0
