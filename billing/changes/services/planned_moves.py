"""Pauses and ends of services set for days to come, and the job that carries them out."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.changes.models import PlannedMove
from billing.changes.rules.exit_fee import Cause
from billing.changes.services import service_states, termination
from billing.ledger.services import account_states
from billing.pricing.queries import outlook
from billing.receivables.rules.deposits import AtEnd, DepositChoice
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

log = logging.getLogger(__name__)

Status, Kind = PlannedMove.Status, PlannedMove.Kind


class NotPlannable(DomainError):
    """The days cannot be planned: gone by, in the wrong order, or planned already."""


@dataclass
class Report:
    """What the job of a day did; `stuck` stay planned for the next turn."""

    begun: int = 0
    ended: int = 0
    failed: int = 0
    stuck: int = 0


@dataclass(frozen=True)
class Pause:
    """Days without the service: `[start, until)`; no `until` = until somebody brings it back."""

    kind: str
    is_billed: bool
    start: date
    until: date | None = None


def plan_pause(*, subscription: Subscription, wanted: Pause, act: Act[User | None]) -> PlannedMove:
    """Plan a suspension; one that starts today begins at once. Raises NotPlannable, ReasonMissing.

    Also whatever refuses the suspension itself (NotSuspendable, ImpossibleMove).
    """
    if wanted.start < act.on:
        raise NotPlannable(_("A pause is planned from today on."))
    if wanted.until is not None and wanted.until <= wanted.start:
        raise NotPlannable(_("The first day back comes after the first day without."))
    move = PlannedMove(
        kind=Kind.SUSPENSION,
        suspension_kind=wanted.kind,
        is_billed=wanted.is_billed,
        span=DateRange(wanted.start, wanted.until),
    )
    return _plan(subscription, move, act=act)


def plan_termination(
    *,
    subscription: Subscription,
    on: date,
    act: Act[User | None],
    keeps_deposit_as_credit: bool = False,
    cause: Cause = Cause.NOTICE,
    left_because: str = "",
) -> PlannedMove:
    """Plan the end of a service on a day to come. Raises NotPlannable, ReasonMissing.

    On that day the deposit pays what is owed and the rest becomes credit, or it stays held;
    money is only paid back by a person.
    """
    if on <= act.on:
        raise NotPlannable(_("A day that has come needs no plan."))
    deposit = AtEnd.CREDIT.value if keeps_deposit_as_credit else ""
    move = PlannedMove(
        kind=Kind.TERMINATION,
        span=DateRange(on, None),
        deposit=deposit,
        cause=cause,
        left_because=left_because,
    )
    return _plan(subscription, move, act=act)


@transaction.atomic
def withdraw(*, move: PlannedMove, act: Act) -> PlannedMove:
    """Drop a plan that has not begun. Raises NotPlannable, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    move = PlannedMove.objects.select_for_update().get(pk=move.pk)
    if move.status != Status.PLANNED:
        raise NotPlannable(_("This plan has begun, or is over."))
    move.status, move.outcome = Status.WITHDRAWN, act.reason[:300]
    move.save(update_fields=["status", "outcome"])
    _record("withdrawn", move, act=act)
    return move


def run(*, on: date, at: datetime, progress: Progress | None = None) -> Report:
    """Begin and end what is planned up to company date `on`; late is as good as on time.

    One transaction for each; what cannot be done is marked FAILED with the reason. What the
    database refuses is told and left planned: it holds up nobody else's.
    """
    report = Report()
    due = PlannedMove.objects.filter(
        status=Status.PLANNED, span__startswith__lte=on
    ) | PlannedMove.objects.filter(status=Status.RUNNING, span__endswith__lte=on)
    ids = list(due.order_by("span", "pk").values_list("pk", flat=True))
    if progress is not None:
        progress.total(len(ids), step="planned moves")
    for pk in ids:
        try:
            _carry_out(pk, on=on, at=at, report=report)
        except DomainError as error:
            report.failed += 1
            _fail(pk, str(error), at=at)
            if progress is not None:
                progress.problem(
                    item_type="planned_move", item_id=pk, label=f"#{pk}", message=str(error)
                )
        except IntegrityError as error:
            log.exception("planned move refused by the database", extra={"move": pk})
            report.stuck += 1
            if progress is not None:
                progress.problem(
                    item_type="planned_move",
                    item_id=pk,
                    label=f"#{pk}",
                    message=str(error).splitlines()[0],
                )
    return report


def _plan(subscription: Subscription, move: PlannedMove, *, act: Act[User | None]) -> PlannedMove:
    act = act.because(trail.required_reason(act.reason))
    try:
        with transaction.atomic():
            trail.begin(act=act)
            account_states.lock([subscription.customer_id])
            subscription = Subscription.objects.select_for_update(no_key=True).get(
                pk=subscription.pk
            )
            if subscription.status in (Subscription.Status.CANCELLED, Subscription.Status.PENDING):
                raise NotPlannable(_("Only a service in use can be planned for."))
            move.subscription, move.customer_id = subscription, subscription.customer_id
            move.reason, move.planned_by, move.planned_at = act.reason, act.actor, act.at
            move.save()
            _record("planned", move, act=act)
            if move.span.lower <= act.on:
                _begin(move, act=act)
            return move
    except IntegrityError as error:
        if "planned_moves_never_overlap" in str(error):
            text = _("These days are planned already; drop that plan first.")
            raise NotPlannable(text) from error
        raise


@transaction.atomic
def _carry_out(pk: int, *, on: date, at: datetime, report: Report) -> None:
    account_states.lock([PlannedMove.objects.values_list("customer_id", flat=True).get(pk=pk)])
    move = PlannedMove.objects.select_for_update(of=("self",)).get(pk=pk)
    trail.begin(act=Act(None, at, reason=move.reason))
    if move.status == Status.PLANNED:
        if move.kind == Kind.TERMINATION:
            termination.terminate(
                subscription=move.subscription,
                on=move.span.lower,
                act=Act(None, at, on=on, reason=move.reason),
                cause=Cause(move.cause),
                left_because=move.left_because,
                deposit=DepositChoice(AtEnd.CREDIT) if move.deposit else None,
            )
            _finish(move)
            report.ended += 1
            return
        _begin(move, act=Act(None, at))
        report.begun += 1
    if move.status == Status.RUNNING and move.span.upper is not None and move.span.upper <= on:
        _end(move, at=at)
        report.ended += 1


def _begin(move: PlannedMove, *, act: Act) -> None:
    """Begin a pause on its first day; late, on the first of its days nothing else has taken."""
    before = outlook.suspended_since(move.subscription, move.span.lower)
    start = move.span.lower if before is None else before.span.upper  # None: it goes on
    if start is not None and (move.span.upper is None or start < move.span.upper):
        service_states.suspend(
            subscription=move.subscription,
            kind=move.suspension_kind,
            is_billed=move.is_billed,
            on=start,
            act=act.because(move.reason),
        )
        move.suspension = outlook.running_suspension(move.subscription)
        move.status = Status.RUNNING if move.span.upper is not None else Status.DONE
    elif before is not None:
        move.status = Status.DONE
        move.outcome = _("The service was suspended already: %(kind)s.") % {
            "kind": before.get_kind_display()
        }
    move.save()


def _end(move: PlannedMove, *, at: datetime) -> None:
    running = outlook.running_suspension(move.subscription)
    if running is not None and running.pk == move.suspension_id:
        service_states.reactivate(
            subscription=move.subscription,
            on=move.span.upper,
            act=Act(None, at, reason=move.reason),
        )
    _finish(move)


def _finish(move: PlannedMove) -> None:
    PlannedMove.objects.filter(pk=move.pk).update(status=Status.DONE)
    move.status = Status.DONE


@transaction.atomic
def _fail(pk: int, message: str, *, at: datetime) -> None:
    trail.begin(act=Act(None, at, reason=message))
    PlannedMove.objects.filter(pk=pk).update(status=Status.FAILED, outcome=message[:300])


def _record(what: str, move: PlannedMove, *, act: Act) -> None:
    events.record(
        act=act,
        action=f"planned_move.{what}",
        target=move,
        label=str(move.subscription),
        after={"kind": move.kind, "from": str(move.span.lower), "until": str(move.span.upper)},
    )
