"""Ask for another package, decide on it, and carry it out: at once or when the period ends.

What is asked for is a frozen quote. Whoever decides names the fingerprint of what was shown; under
the customer's lock the quote is made again, and only when it is still the same it is carried out.
Otherwise the new quote is kept, the change is STALE, and somebody has to say yes again.
See docs/adr/0011-package-changes.md.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.changes.queries import changes, quotes
from billing.changes.queries.quotes import Made
from billing.changes.services import changing, notices
from billing.invoices.models import Schedule
from billing.ledger.services import account_states
from billing.pricing.models import PackageChange
from customers.models import Package, Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company

Status, Effective, Origin = PackageChange.Status, PackageChange.Effective, PackageChange.Origin


class AlreadyAsked(DomainError):
    """The service has an open request; one at a time."""


class AlreadyDecided(DomainError):
    """Somebody was faster: the request has been approved, rejected or withdrawn."""


class QuoteChanged(Stale):
    """The amounts are no longer those that were shown; `made` has the present ones."""

    def __init__(self, message: str, made: Made) -> None:
        super().__init__(message)
        self.made = made


@dataclass(frozen=True)
class RequestedChange:
    """Who asks for what: the package and when, by which door, and in which words."""

    package: Package
    effective: str
    origin: str
    note: str = ""


def request(
    *,
    subscription: Subscription,
    requested: RequestedChange,
    fingerprint: str,
    requested_by: User | None,
    on: date,
    at: datetime,
    status: str = Status.REQUESTED,
) -> PackageChange:
    """Ask for another package at the quote that was shown (`fingerprint`; "" takes any).

    `status` QUOTED only keeps the quote. Raises NotChangeable, NoPrice, AlreadyAsked and
    QuoteChanged.
    """
    try:
        with transaction.atomic():
            reason = "package change asked for"
            if requested.note:
                reason = f"{requested.package.name}: {requested.note}"
            trail.begin(act=Act(requested_by, at, reason=reason))
            subscription = _fresh(subscription.pk)
            if status != Status.QUOTED and changes.open_change(subscription) is not None:
                raise AlreadyAsked(_already_asked())
            made = quotes.make(
                subscription=subscription,
                package=requested.package,
                effective=requested.effective,
                on=on,
            )
            if fingerprint and fingerprint != made.fingerprint:
                raise QuoteChanged(_moved(), made)
            return PackageChange.objects.create(
                subscription=subscription,
                customer_id=subscription.customer_id,
                package_from=subscription.package,
                package_to=requested.package,
                effective=requested.effective,
                status=status,
                origin=requested.origin,
                note=requested.note.strip()[:500],
                requested_by=requested_by,
                requested_at=at,
                **frozen(made, at),
            )
    except IntegrityError as error:
        if "package_change_one_open_per_service" in str(error):
            raise AlreadyAsked(_already_asked()) from error
        raise


@transaction.atomic
def approve(
    *, change: PackageChange, fingerprint: str, note: str, act: Act[User | None]
) -> PackageChange:
    """Approve a request as it was shown and carry it out, or keep it until the period ends.

    `fingerprint` is that of the quote the person saw. Look at the status of what comes back: STALE
    says that the amounts had moved, that nothing was done, and that `quote` has the present ones.
    Raises AlreadyDecided, NotChangeable, NoPrice.
    """
    reason = f"package change approved: {note.strip() or 'as quoted'}"
    trail.begin(act=act.because(reason))
    change = _awaiting(change)
    if change.status == Status.QUOTED and changes.open_change(change.subscription):
        raise AlreadyAsked(_already_asked())
    made = _remade(change, on=act.on, at=act.at)
    if made.fingerprint != change.fingerprint or fingerprint != made.fingerprint:
        return _mark_stale(change, made, act.at)
    change.decided_by, change.decided_at = act.actor, act.at
    change.decision_note = note.strip()[:500]
    if change.effective == Effective.NOW or made.effective_on <= act.on:
        return changing.carry_out(change, made, act=act.because(reason))
    change.status = Status.APPROVED
    change.save()
    notices.package_change(event="package_change_approved", change=change, at=act.at)
    return change


@transaction.atomic
def reject(*, change: PackageChange, note: str, act: Act[User | None]) -> PackageChange:
    """Say no, with the reason the customer reads. Raises AlreadyDecided, ReasonMissing."""
    note = trail.required_reason(note)
    trail.begin(act=act.because(note))
    change = _awaiting(change)
    change.status, change.decision_note = Status.REJECTED, note[:500]
    change.decided_by, change.decided_at = act.actor, act.at
    change.save()
    notices.package_change(event="package_change_rejected", change=change, at=act.at)
    return change


@transaction.atomic
def withdraw(*, change: PackageChange, act: Act) -> PackageChange:
    """Take a request back; an approved one too, until its first bill is written.

    Twice is once. Raises AlreadyDecided.
    """
    trail.begin(act=act.because(act.reason or "package change withdrawn"))
    change = _locked(change)
    if change.status == Status.CANCELLED:
        return change
    if not change.is_open and change.status != Status.QUOTED:
        raise AlreadyDecided(_decided(change))
    if change.status == Status.APPROVED and _is_billed(change):
        raise AlreadyDecided(_("The next bill has been written with the new package already."))
    change.status = Status.CANCELLED
    change.save(update_fields=["status"])
    return change


@transaction.atomic
def confirm_again(
    *, change: PackageChange, fingerprint: str, act: Act[User | None]
) -> PackageChange:
    """Let the asker say yes to the new amounts of a stale request; it waits for a decision again.

    Raises AlreadyDecided, QuoteChanged, NotChangeable.
    """
    trail.begin(
        act=Act(act.actor, act.at, reason="package change confirmed again at the new amounts")
    )
    change = _locked(change)
    if change.status != Status.STALE:
        raise AlreadyDecided(_decided(change))
    made = _quoted(change, on=act.on)
    if made.fingerprint != fingerprint:
        raise QuoteChanged(_moved(), made)
    _keep(change, made, act.at)
    change.status = Status.REQUESTED
    change.save()
    return change


@transaction.atomic
def recalculate(*, change: PackageChange, act: Act[User | None]) -> PackageChange:
    """Quote a waiting request anew from `on`; it turns STALE when that changes the amounts."""
    trail.begin(act=act.because("package change quoted anew"))
    change = _awaiting(change)
    made = _quoted(change, on=act.on)
    return change if made.fingerprint == change.fingerprint else _mark_stale(change, made, act.at)


def cancel_open(*, subscription_ids: list[int], note: str, at: datetime) -> int:
    """Take back the requests of services that have ended (inside the caller's transaction)."""
    waiting = [Status.QUOTED, *PackageChange.OPEN]
    return PackageChange.objects.filter(
        subscription_id__in=subscription_ids, status__in=waiting
    ).update(status=Status.CANCELLED, decision_note=note[:500])


def _remade(change: PackageChange, *, on: date, at: datetime) -> Made:
    """Make the quote again: for its own day while it holds, for today when it is over."""
    asked_on = date.fromisoformat(change.quote["on"])
    holds = at <= change.valid_until and not _was_off_since(change, asked_on)
    return _quoted(change, on=asked_on if holds else on)


def _quoted(change: PackageChange, *, on: date) -> Made:
    return quotes.make(
        subscription=_fresh(change.subscription_id),
        package=change.package_to,
        effective=change.effective,
        on=on,
    )


def _was_off_since(change: PackageChange, day: date) -> bool:
    """Tell whether the service was switched off since: those days are no longer to be priced."""
    return Suspension.objects.filter(
        subscription=change.subscription_id, span__overlap=DateRange(day, None)
    ).exists()


def _mark_stale(change: PackageChange, made: Made, at: datetime) -> PackageChange:
    _keep(change, made, at)
    change.status = Status.STALE
    change.save()
    return change


def _keep(change: PackageChange, made: Made, at: datetime) -> None:
    for name, value in frozen(made, at).items():
        setattr(change, name, value)


def frozen(made: Made, at: datetime) -> dict[str, Any]:
    """Return what of a quote is kept on a change."""
    return {
        "effective_on": made.effective_on,
        "price_amount": made.price.net,
        "gross_amount": made.price.gross,
        "total_amount": made.total,
        "quote": made.quote,
        "fingerprint": made.fingerprint,
        "quoted_at": at,
        "valid_until": at + timedelta(hours=Company.current().quote_valid_hours),
    }


def _fresh(pk: int) -> Subscription:
    return Subscription.objects.select_related("customer", "package").get(pk=pk)


def _awaiting(change: PackageChange) -> PackageChange:
    account_states.lock([change.customer_id])
    change = _locked(change)
    if not change.awaits_decision:
        raise AlreadyDecided(_decided(change))
    return change


def _locked(change: PackageChange) -> PackageChange:
    return (
        PackageChange.objects.select_for_update(of=("self",))
        .select_related("package_from", "package_to", "customer")
        .get(pk=change.pk)
    )


def _is_billed(change: PackageChange) -> bool:
    return Schedule.objects.filter(
        subscription_id=change.subscription_id, billed_until__gt=change.effective_on
    ).exists()


def _already_asked() -> str:
    return _("A change of this service's package is already waiting. Decide on it first.")


def _moved() -> str:
    return _("Something has changed since these amounts were shown. Look at the new ones.")


def _decided(change: PackageChange) -> str:
    return _("This request is no longer waiting: %(status)s.") % {
        "status": str(change.get_status_display()).lower()
    }
