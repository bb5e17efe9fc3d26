"""A break the customer asks for in the portal: asked, decided, and then planned like any other.

Nothing happens to the line or the money before somebody says yes; then `planned_moves` does it
(docs/adr/0030-what-was-left-of-billing.md).
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.models import BreakRequest, PlannedMove
from billing.queries import breaks, suspension_rules
from billing.services import notices, planned_moves, standings
from billing.services.planned_moves import Break, NotPlannable
from customers.models import Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.errors import DomainError, Stale

Status = BreakRequest.Status
LONGEST_DAYS = 366  # of a break, and until it begins


class AlreadyAsked(DomainError):
    """The service has an open request, or these days are planned already."""


class AlreadyDecided(DomainError):
    """The request has been approved, refused or withdrawn."""


class RuleChanged(Stale):
    """The company's rule for breaks is no longer the one the customer was shown."""


def request(
    *,
    subscription: Subscription,
    start: date,
    until: date,
    note: str,
    on: date,
    at: datetime,
    requested_by: User | None,
) -> BreakRequest:
    """Ask for days `[start, until)` without the service, from tomorrow on.

    Raises NotPlannable for days or services that cannot be, AlreadyAsked.
    """
    try:
        with transaction.atomic():
            trail.begin(actor=requested_by, at=at, reason=f"break asked for: {note.strip()}")
            subscription = Subscription.objects.select_related("customer").get(pk=subscription.pk)
            check(subscription, start=start, until=until, on=on)
            effect = breaks.effect(subscription, start=start, until=until)
            return BreakRequest.objects.create(
                subscription=subscription,
                customer_id=subscription.customer_id,
                span=DateRange(start, until),
                is_billed=effect.rule.is_billed,
                is_credited=effect.rule.is_credited,
                credit_amount=effect.credit,
                note=note.strip()[:500],
                requested_by=requested_by,
                requested_at=at,
            )
    except IntegrityError as error:
        if "break_request_one_open_per_service" in str(error):
            raise AlreadyAsked(_already_asked()) from error
        raise


def check(subscription: Subscription, *, start: date, until: date, on: date) -> None:
    """Raise NotPlannable or AlreadyAsked when these days cannot be asked for."""
    if subscription.status != Subscription.Status.ACTIVE:
        raise NotPlannable(_("Only a service in use can have a break."))
    if start <= on:
        raise NotPlannable(_("A break can begin tomorrow at the earliest."))
    if until <= start:
        raise NotPlannable(_("The first day back comes after the first day without."))
    longest = timedelta(days=LONGEST_DAYS)
    if start > on + longest or until > start + longest:
        raise NotPlannable(_("These days are too far away."))
    if BreakRequest.objects.filter(subscription=subscription, status=Status.REQUESTED).exists():
        raise AlreadyAsked(_already_asked())
    planned = PlannedMove.objects.filter(
        subscription=subscription, span__overlap=DateRange(start, until),
        status__in=[PlannedMove.Status.PLANNED, PlannedMove.Status.RUNNING],
    )  # fmt: skip
    if planned.exists():
        raise AlreadyAsked(_("Something is planned for these days already."))


@transaction.atomic
def approve(
    *, request: BreakRequest, note: str, on: date, at: datetime, actor: User
) -> BreakRequest:
    """Say yes: the break is planned with the rule the customer was shown.

    Raises AlreadyDecided, RuleChanged, and what planning refuses (days gone by or taken).
    """
    reason = f"break asked for by the customer: {request.note or 'no word'}"
    trail.begin(actor=actor, at=at, reason=reason)
    request = _locked(request)
    rule = suspension_rules.of(Suspension.Kind.CUSTOMER_REQUEST)
    if (rule.is_billed, rule.is_credited) != (request.is_billed, request.is_credited):
        raise RuleChanged(
            _("The rule for breaks has changed since the customer asked. Refuse with a word, so "
              "that it is asked for anew.")
        )  # fmt: skip
    request.planned_move = planned_moves.plan_break(
        subscription=request.subscription,
        wanted=Break(
            Suspension.Kind.CUSTOMER_REQUEST, request.is_billed, request.span.lower,
            request.span.upper,
        ),
        reason=reason, today=on, at=at, actor=actor,
    )  # fmt: skip
    trail.begin(actor=actor, at=at, reason=note.strip() or reason)
    return _close(request, Status.APPROVED, note=note, at=at, actor=actor)


@transaction.atomic
def refuse(*, request: BreakRequest, note: str, at: datetime, actor: User) -> BreakRequest:
    """Say no, with the reason the customer reads. Raises AlreadyDecided, ReasonMissing."""
    note = trail.required_reason(note)
    trail.begin(actor=actor, at=at, reason=note)
    return _close(_locked(request), Status.REFUSED, note=note, at=at, actor=actor)


@transaction.atomic
def withdraw(*, request: BreakRequest, at: datetime, actor: User) -> None:
    """Take an open request back. Raises AlreadyDecided."""
    trail.begin(actor=actor, at=at, reason="withdrawn by the customer")
    changed = BreakRequest.objects.filter(pk=request.pk, status=Status.REQUESTED).update(
        status=Status.WITHDRAWN, decided_at=at
    )
    if not changed:
        raise AlreadyDecided(_("This request is no longer waiting."))


def _locked(request: BreakRequest) -> BreakRequest:
    standings.lock([request.customer_id])
    request = (
        BreakRequest.objects.select_for_update(of=("self",))
        .select_related("subscription__customer", "subscription__package")
        .get(pk=request.pk)
    )
    if not request.is_open:
        raise AlreadyDecided(_("This request is no longer waiting."))
    return request


def _close(
    request: BreakRequest, status: str, *, note: str, at: datetime, actor: User
) -> BreakRequest:
    request.status, request.decision_note = status, note.strip()[:500]
    request.decided_by, request.decided_at = actor, at
    request.save(
        update_fields=["status", "decision_note", "decided_by", "decided_at", "planned_move"]
    )
    notices.break_decided(
        event="break_approved" if status == Status.APPROVED else "break_refused",
        request=request, at=at,
    )  # fmt: skip
    return request


def _already_asked() -> str:
    return _("A break of this service has been asked for already; it waits for an answer.")
