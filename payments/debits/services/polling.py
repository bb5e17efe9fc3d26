"""Follow what was sent: the load report, authorisation, and what NetCash says of each batch."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from ispbill.audit.services import events, trail
from ispbill.core import clock, faults
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.debits.models import DebitBatch, DebitOrder
from payments.debits.services import sending
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import (
    Authorisation,
    BatchRow,
    BatchStatus,
    LoadOutcome,
    LoadReport,
    NetcashRefused,
)

State = DebitBatch.State
KNOWN_BACK = timedelta(days=10)
"""So far back batches are asked for: two-day batches are over long before."""


def batch_rows(*, netcash: Netcash, at: datetime) -> list[BatchRow]:
    """Return the batches NetCash has had of late."""
    on = clock.local_date(at)
    return netcash.batches(on - KNOWN_BACK, on + timedelta(days=1))


def load(*, batch: DebitBatch, netcash: Netcash, rows: Sequence[BatchRow], at: datetime) -> str:
    """Read the load report of an uploaded batch; without its token, compare count and sum."""
    if batch.token:
        try:
            report = netcash.load_report(batch.token)
        except NetcashRefused as error:
            return sending.refuse(batch, code=error.code, words=str(error), at=at)
        return batch.state if report is None else _note_report(batch, report, at=at)
    row = _row_of(batch, rows)
    if row is None:
        return batch.state
    if (row.volume, row.value) == (batch.orders_count, batch.total_amount):
        return _note_loaded(batch, {}, code="by count and sum", at=at)
    _note(batch, f"NetCash has {row.volume} lines of {row.value}: look there", at=at)
    return batch.state


def authorise(
    *,
    batch: DebitBatch,
    netcash: Netcash,
    rows: Sequence[BatchRow],
    act: Act,
    is_asked: bool = False,
) -> str:
    """Let NetCash carry out a loaded batch.

    Once NetCash wants it done by hand in its own portal (322), it is not asked again unless
    somebody says so (`is_asked`). Returns the batch's state then; raises Stale.
    """
    if batch.state != State.LOADED:
        raise Stale(_("This batch does not wait for authorisation."))
    if batch.authorise_code and not is_asked:
        return batch.state
    guid = batch.guid
    if not guid:
        row = _row_of(batch, rows)
        if row is None:
            return batch.state
        guid = row.guid
    answer = netcash.authorise(guid)
    faults.point("payments.debits.authorised")
    return _note_authorised(
        batch, guid=guid, code=answer.code, is_done=answer.outcome is Authorisation.DONE, act=act
    )


def status(*, batch: DebitBatch, rows: Sequence[BatchRow], on: date, at: datetime) -> str:
    """Bring a batch to what NetCash says of it; one never authorised lapses on its day."""
    row = _row_of(batch, rows)
    if row is None:
        return batch.state
    if row.status in (BatchStatus.AUTHORISED, BatchStatus.LOCKED, BatchStatus.PROCESSED):
        return _note_status(batch, row, at=at)
    if row.status is BatchStatus.UNAUTHORISED and batch.action_date < on:
        return _lapse(batch, at=at)
    if str(row.status.value) != batch.status_code:
        _note_code(batch, row, at=at)
    return batch.state


def watch_abandoned(rows: Sequence[BatchRow], *, at: datetime) -> int:
    """Mark batches we gave up that NetCash has after all: they must not be authorised there."""
    names = [row.name for row in rows]
    with transaction.atomic():
        trail.begin(act=Act(None, at, reason="batches given up that arrived after all"))
        return DebitBatch.objects.filter(
            name__in=names, state=State.ABANDONED, is_strange=False
        ).update(is_strange=True)


def _note_report(batch: DebitBatch, report: LoadReport, *, at: datetime) -> str:
    if report.outcome is LoadOutcome.REFUSED:
        words = "; ".join(problem.words for problem in report.problems) or report.outcome.value
        return sending.refuse(batch, code=report.outcome.value, words=words, at=at)
    problems = {
        problem.account_reference: problem.words
        for problem in report.problems
        if problem.account_reference
    }
    return _note_loaded(batch, problems, code=report.outcome.value, at=at)


@transaction.atomic
def _note_loaded(batch: DebitBatch, problems: dict[str, str], *, code: str, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="load report of a debit batch"))
    orders = list(
        DebitOrder.objects.filter(batch=batch, state=DebitOrder.State.UPLOADED)
        .select_related("mandate")
        .order_by("customer", "pk")
    )
    account_states.lock([order.customer_id for order in orders])
    now = _locked(batch)
    if now.state != State.UPLOADED:
        return now.state
    for order in orders:
        words = problems.get(order.mandate.account_reference)
        if words is None:
            order.state = DebitOrder.State.ACCEPTED
            order.save(update_fields=["state"])
        else:
            order.state, order.reason = DebitOrder.State.REJECTED, words[:200]
            order.ended_at = at
            order.save(update_fields=["state", "reason", "ended_at"])
    now.state, now.load_code, now.loaded_at = State.LOADED, code[:40], at
    now.note = ""
    now.save(update_fields=["state", "load_code", "loaded_at", "note"])
    _event(
        "debit_batch.loaded", now, act=Act(None, at), after={"refused": len(problems), "code": code}
    )
    return now.state


@transaction.atomic
def _note_authorised(batch: DebitBatch, *, guid: str, code: str, is_done: bool, act: Act) -> str:
    trail.begin(act=act.because("authorisation of a debit batch"))
    now = _locked(batch)
    now.guid, now.authorise_code = guid[:40], code[:20] or "done"
    if is_done and now.state == State.LOADED:
        now.state, now.authorised_at = State.AUTHORISED, act.at
    now.save(update_fields=["guid", "authorise_code", "state", "authorised_at"])
    action = "debit_batch.authorised" if is_done else "debit_batch.authorisation_refused"
    _event(action, now, act=act, after={"code": code})
    return now.state


@transaction.atomic
def _note_status(batch: DebitBatch, row: BatchRow, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="NetCash's list of batches"))
    now = _locked(batch)
    now.status_code, now.guid = str(row.status.value), row.guid[:40]
    if now.state == State.LOADED:
        now.state, now.authorised_at = State.AUTHORISED, at
        now.save(update_fields=["state", "authorised_at", "status_code", "guid"])
        _event("debit_batch.authorised", now, act=Act(None, at), after={"code": now.status_code})
    if now.state == State.AUTHORISED and row.status is BatchStatus.PROCESSED:
        now.state, now.processed_at = State.PROCESSED, at
        now.save(update_fields=["state", "processed_at", "status_code", "guid"])
        _event("debit_batch.processed", now, act=Act(None, at), after={"code": now.status_code})
    return now.state


@transaction.atomic
def _lapse(batch: DebitBatch, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="a debit batch was not authorised in time"))
    orders = list(
        DebitOrder.objects.filter(batch=batch, state__in=DebitOrder.OPEN).order_by("customer")
    )
    account_states.lock([order.customer_id for order in orders])
    now = _locked(batch)
    if now.state != State.LOADED:
        return now.state
    now.state, now.note = State.LAPSED, "not authorised in time"
    now.save(update_fields=["state", "note"])
    sending.drop(orders, reason="not authorised in time", at=at)
    _event("debit_batch.lapsed", now, act=Act(None, at))
    return now.state


@transaction.atomic
def _note_code(batch: DebitBatch, row: BatchRow, *, at: datetime) -> None:
    trail.begin(act=Act(None, at, reason="NetCash's list of batches"))
    DebitBatch.objects.filter(pk=batch.pk).update(
        status_code=str(row.status.value), guid=row.guid[:40]
    )


@transaction.atomic
def _note(batch: DebitBatch, words: str, *, at: datetime) -> None:
    trail.begin(act=Act(None, at, reason="NetCash's list of batches"))
    DebitBatch.objects.filter(pk=batch.pk).update(note=words[:300], is_strange=True)


def _locked(batch: DebitBatch) -> DebitBatch:
    return DebitBatch.objects.select_for_update().get(pk=batch.pk)


def _row_of(batch: DebitBatch, rows: Sequence[BatchRow]) -> BatchRow | None:
    return next((row for row in rows if row.name == batch.name), None)


def _event(
    action: str, batch: DebitBatch, *, act: Act, after: dict[str, object] | None = None
) -> None:
    events.record(act=act, action=action, target=batch, after=after or {})
