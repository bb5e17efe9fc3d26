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

from billing.models import PackageChange, Schedule
from billing.queries import quotes
from billing.queries.quotes import Made
from billing.services import changing, notices, standings
from customers.models import Package, Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.actors import Actor
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
class Wish:
    """Who asks for what: the package and when, by which door, and in which words."""

    package: Package
    effective: str
    origin: str
    note: str = ""


def request(
    *,
    subscription: Subscription,
    wish: Wish,
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
            reason = (
                f"{wish.package.name}: {wish.note}" if wish.note else "package change asked for"
            )
            trail.begin(actor=requested_by, at=at, reason=reason)
            subscription = _fresh(subscription.pk)
            if status != Status.QUOTED and open_change(subscription) is not None:
                raise AlreadyAsked(_already_asked())
            made = quotes.make(
                subscription=subscription, package=wish.package, effective=wish.effective, on=on
            )
            if fingerprint and fingerprint != made.fingerprint:
                raise QuoteChanged(_moved(), made)
            return PackageChange.objects.create(
                subscription=subscription,
                customer_id=subscription.customer_id,
                package_from=subscription.package,
                package_to=wish.package,
                effective=wish.effective,
                status=status,
                origin=wish.origin,
                note=wish.note.strip()[:500],
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
    *,
    change: PackageChange,
    fingerprint: str,
    note: str,
    actor: User | None,
    on: date,
    at: datetime,
) -> PackageChange:
    """Approve a request as it was shown and carry it out, or keep it until the period ends.

    `fingerprint` is that of the quote the person saw. Look at the status of what comes back: STALE
    says that the amounts had moved, that nothing was done, and that `quote` has the present ones.
    Raises AlreadyDecided, NotChangeable, NoPrice.
    """
    reason = f"package change approved: {note.strip() or 'as quoted'}"
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([change.customer_id])
    change = _locked(change)
    if not change.awaits_decision:
        raise AlreadyDecided(_decided(change))
    if change.status == Status.QUOTED and _other_open(change):
        raise AlreadyAsked(_already_asked())
    made = _remade(change, on=on, at=at)
    if made.fingerprint != change.fingerprint or fingerprint != made.fingerprint:
        return _mark_stale(change, made, at)
    change.decided_by_id = actor.pk if actor is not None else None
    change.decided_at, change.decision_note = at, note.strip()[:500]
    if change.effective == Effective.NOW or made.effective_on <= on:
        return changing.carry_out(change, made, reason=reason, on=on, at=at, actor=actor)
    change.status = Status.APPROVED
    change.save()
    notices.package_change(event="package_change_approved", change=change, at=at)
    return change


@transaction.atomic
def reject(*, change: PackageChange, note: str, actor: User | None, at: datetime) -> PackageChange:
    """Say no, with the reason the customer reads. Raises AlreadyDecided, ReasonMissing."""
    note = trail.required_reason(note)
    trail.begin(actor=actor, at=at, reason=note)
    standings.lock([change.customer_id])
    change = _locked(change)
    if not change.awaits_decision:
        raise AlreadyDecided(_decided(change))
    change.status, change.decision_note = Status.REJECTED, note[:500]
    change.decided_by_id, change.decided_at = actor.pk if actor is not None else None, at
    change.save()
    notices.package_change(event="package_change_rejected", change=change, at=at)
    return change


@transaction.atomic
def withdraw(
    *, change: PackageChange, reason: str, actor: Actor | None, at: datetime
) -> PackageChange:
    """Take a request back; an approved one too, until its first bill is written.

    Twice is once. Raises AlreadyDecided.
    """
    trail.begin(actor=actor, at=at, reason=reason or "package change withdrawn")
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
    *, change: PackageChange, fingerprint: str, actor: User | None, on: date, at: datetime
) -> PackageChange:
    """Let the asker say yes to the new amounts of a stale request; it waits for a decision again.

    Raises AlreadyDecided, QuoteChanged, NotChangeable.
    """
    trail.begin(actor=actor, at=at, reason="package change confirmed again at the new amounts")
    change = _locked(change)
    if change.status != Status.STALE:
        raise AlreadyDecided(_decided(change))
    made = quotes.make(
        subscription=_fresh(change.subscription_id), package=change.package_to,
        effective=change.effective, on=on,
    )  # fmt: skip
    if made.fingerprint != fingerprint:
        raise QuoteChanged(_moved(), made)
    _keep(change, made, at)
    change.status = Status.REQUESTED
    change.save()
    return change


@transaction.atomic
def recalculate(
    *, change: PackageChange, actor: User | None, on: date, at: datetime
) -> PackageChange:
    """Quote a waiting request anew from `on`; it turns STALE when that changes the amounts."""
    trail.begin(actor=actor, at=at, reason="package change quoted anew")
    standings.lock([change.customer_id])
    change = _locked(change)
    if not change.awaits_decision:
        raise AlreadyDecided(_decided(change))
    made = quotes.make(
        subscription=_fresh(change.subscription_id), package=change.package_to,
        effective=change.effective, on=on,
    )  # fmt: skip
    return change if made.fingerprint == change.fingerprint else _mark_stale(change, made, at)


def open_change(subscription: Subscription) -> PackageChange | None:
    """Return the request of a service that waits for somebody or for its day."""
    return PackageChange.objects.filter(
        subscription=subscription, status__in=PackageChange.OPEN
    ).first()


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
    return quotes.make(
        subscription=_fresh(change.subscription_id), package=change.package_to,
        effective=change.effective, on=asked_on if holds else on,
    )  # fmt: skip


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


def _locked(change: PackageChange) -> PackageChange:
    return (
        PackageChange.objects.select_for_update(of=("self",))
        .select_related("package_from", "package_to", "customer")
        .get(pk=change.pk)
    )


def _other_open(change: PackageChange) -> bool:
    others = PackageChange.objects.filter(
        subscription_id=change.subscription_id, status__in=PackageChange.OPEN
    )
    return others.exclude(pk=change.pk).exists()


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
