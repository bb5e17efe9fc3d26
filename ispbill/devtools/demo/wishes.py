"""What customers of the demo wish for at this moment: other packages, and a break to come."""

from datetime import datetime, timedelta

from billing.models import PackageChange
from billing.queries import changes
from billing.services import breaks, package_changes, planned_moves
from billing.services.package_changes import Wish
from billing.services.planned_moves import Break
from customers.models import Subscription, Suspension
from ispbill.core import clock
from ispbill.core.errors import DomainError

_NOTES = ("The children have online classes.", "", "We work from home now.")


def make(*, now: datetime) -> None:
    """Write a few package requests, and one holiday break set ahead."""
    on = clock.local_date(now)
    services = (
        Subscription.objects.filter(
            status=Subscription.Status.ACTIVE, mode=Subscription.Mode.POSTPAID,
            customer__standing__balance_amount__lte=0, schedule__billed_until__gt=on,
        )
        .select_related("customer", "package")
        .order_by("pk")
    )  # fmt: skip
    asked = 0
    for service in services[:12]:
        dearer = [
            offer
            for offer in changes.offers(service, on=on, is_public_only=True)
            if offer.is_dearer
        ]
        if not dearer or asked == len(_NOTES):
            continue
        try:
            package_changes.request(
                subscription=service,
                wish=Wish(
                    dearer[0].package, PackageChange.Effective.NOW, PackageChange.Origin.PORTAL,
                    _NOTES[asked],
                ),
                fingerprint="", requested_by=None, on=on, at=now,
            )  # fmt: skip
        except DomainError:
            continue
        asked += 1
    others = services.exclude(package_changes__isnull=False)
    asker = others.last()
    if asker is not None:
        first = on + timedelta(days=10)
        breaks.request(
            subscription=asker, start=first, until=first + timedelta(days=12),
            note="We visit family in Sylhet.", on=on, at=now, requested_by=None,
        )  # fmt: skip
    traveller = others.first()
    if traveller is not None and traveller != asker:
        first = on + timedelta(days=7)
        planned_moves.plan_break(
            subscription=traveller,
            wanted=Break(
                Suspension.Kind.CUSTOMER_REQUEST, False, first, first + timedelta(days=14)
            ),
            reason="Family visits the village for two weeks", today=on, at=now, actor=None,
        )  # fmt: skip
