"""A pause the customer asks for in the portal: asked, decided, and then planned like any other.

Nothing happens to the line or the money before somebody says yes; then `planned_moves` does it
(docs/adr/0011-package-changes.md).
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.changes.models import PauseRequest, PlannedMove
from billing.changes.queries import pauses
from billing.changes.services import notices, planned_moves
from billing.changes.services.planned_moves import NotPlannable, Pause
from billing.dunning.queries import suspension_rules
from billing.ledger.services import account_states
from customers.models import Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale

Status = PauseRequest.Status
LONGEST_DAYS = 366  # of a pause, and until it begins


class AlreadyAsked(DomainError):
    """The service has an open request, or these days are planned already."""


class AlreadyDecided(DomainError):
    """The request has been approved, refused or withdrawn."""


class RuleChanged(Stale):
    """The company's rule for pauses is no longer the one the customer was shown."""


def request(
    *,
    subscription: Subscription,
    start: date,
    until: date,
    note: str,
    on: date,
    at: datetime,
    requested_by: User | None,
) -> PauseRequest:
    """Ask for days `[start, until)` without the service, from tomorrow on.

    Raises NotPlannable for days or services that cannot be, AlreadyAsked.
    """
    try:
        with transaction.atomic():
            trail.begin(act=Act(requested_by, at, reason=f"pause asked for: {note.strip()}"))
            subscription = Subscription.objects.select_related("customer").get(pk=subscription.pk)
            check(subscription, start=start, until=until, on=on)
            effect = pauses.effect(subscription, start=start, until=until)
            return PauseRequest.objects.create(
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
        if "pause_request_one_open_per_service" in str(error):
            raise AlreadyAsked(_already_asked()) from error
        raise


def check(subscription: Subscription, *, start: date, until: date, on: date) -> None:
    """Raise NotPlannable or AlreadyAsked when these days cannot be asked for."""
    if subscription.status != Subscription.Status.ACTIVE:
        raise NotPlannable(_("Only a service in use can have a pause."))
    if start <= on:
        raise NotPlannable(_("A pause can begin tomorrow at the earliest."))
    if until <= start:
        raise NotPlannable(_("The first day back comes after the first day without."))
    longest = timedelta(days=LONGEST_DAYS)
    if start > on + longest or until > start + longest:
        raise NotPlannable(_("These days are too far away."))
    if PauseRequest.objects.filter(subscription=subscription, status=Status.REQUESTED).exists():
        raise AlreadyAsked(_already_asked())
    planned = PlannedMove.objects.filter(
        subscription=subscription,
        span__overlap=DateRange(start, until),
        status__in=[PlannedMove.Status.PLANNED, PlannedMove.Status.RUNNING],
    )
    if planned.exists():
        raise AlreadyAsked(_("Something is planned for these days already."))


@transaction.atomic
def approve(*, request: PauseRequest, note: str, act: Act[User]) -> PauseRequest:
    """Say yes: the pause is planned with the rule the customer was shown.

    Raises AlreadyDecided, RuleChanged, and what planning refuses (days gone by or taken).
    """
    reason = f"pause asked for by the customer: {request.note or 'no word'}"
    trail.begin(act=act.because(reason))
    request = _locked(request)
    rule = suspension_rules.of(Suspension.Kind.CUSTOMER_REQUEST)
    if (rule.is_billed, rule.is_credited) != (request.is_billed, request.is_credited):
        raise RuleChanged(
            _(
                "The rule for pauses has changed since the customer asked. Refuse with a word, so "
                "that it is asked for anew."
            )
        )
    request.planned_move = planned_moves.plan_pause(
        subscription=request.subscription,
        wanted=Pause(
            Suspension.Kind.CUSTOMER_REQUEST,
            request.is_billed,
            request.span.lower,
            request.span.upper,
        ),
        act=act.because(reason),
    )
    trail.begin(act=act.because(note.strip() or reason))
    return _close(request, Status.APPROVED, note=note, act=act)


@transaction.atomic
def refuse(*, request: PauseRequest, note: str, act: Act[User]) -> PauseRequest:
    """Say no, with the reason the customer reads. Raises AlreadyDecided, ReasonMissing."""
    note = trail.required_reason(note)
    trail.begin(act=act.because(note))
    return _close(_locked(request), Status.REFUSED, note=note, act=act)


@transaction.atomic
def withdraw(*, request: PauseRequest, act: Act[User]) -> None:
    """Take an open request back. Raises AlreadyDecided."""
    trail.begin(act=act.because("withdrawn by the customer"))
    changed = PauseRequest.objects.filter(pk=request.pk, status=Status.REQUESTED).update(
        status=Status.WITHDRAWN, decided_at=act.at
    )
    if not changed:
        raise AlreadyDecided(_("This request is no longer waiting."))


def _locked(request: PauseRequest) -> PauseRequest:
    account_states.lock([request.customer_id])
    request = (
        PauseRequest.objects.select_for_update(of=("self",))
        .select_related("subscription__customer", "subscription__package")
        .get(pk=request.pk)
    )
    if not request.is_open:
        raise AlreadyDecided(_("This request is no longer waiting."))
    return request


def _close(request: PauseRequest, status: str, *, note: str, act: Act[User]) -> PauseRequest:
    request.status, request.decision_note = status, note.strip()[:500]
    request.decided_by, request.decided_at = act.actor, act.at
    request.save(
        update_fields=["status", "decision_note", "decided_by", "decided_at", "planned_move"]
    )
    notices.pause_decided(
        event="pause_approved" if status == Status.APPROVED else "pause_refused",
        request=request,
        at=act.at,
    )
    return request


def _already_asked() -> str:
    return _("A pause of this service has been asked for already; it waits for an answer.")
