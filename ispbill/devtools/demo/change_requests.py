"""What customers of the demo ask for at this moment: other packages, and a pause to come."""

from datetime import datetime, timedelta

from billing.changes.queries import changes
from billing.changes.services import package_changes, pauses, planned_moves
from billing.changes.services.package_changes import RequestedChange
from billing.changes.services.planned_moves import Pause
from billing.pricing.models import PackageChange
from customers.models import Subscription, Suspension
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_NOTES = ("The children have online classes.", "", "We work from home now.")


def make(*, now: datetime) -> None:
    """Write a few package requests, and one holiday pause set ahead."""
    on = clock.local_date(now)
    services = (
        Subscription.objects.filter(
            status=Subscription.Status.ACTIVE,
            mode=Subscription.Mode.POSTPAID,
            customer__account_state__balance_amount__lte=0,
            schedule__billed_until__gt=on,
        )
        .select_related("customer", "package")
        .order_by("pk")
    )
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
                requested=RequestedChange(
                    dearer[0].package,
                    PackageChange.Effective.NOW,
                    PackageChange.Origin.PORTAL,
                    _NOTES[asked],
                ),
                fingerprint="",
                requested_by=None,
                on=on,
                at=now,
            )
        except DomainError:
            continue
        asked += 1
    others = services.exclude(package_changes__isnull=False)
    asker = others.last()
    if asker is not None:
        first = on + timedelta(days=10)
        pauses.request(
            subscription=asker,
            start=first,
            until=first + timedelta(days=12),
            note="We visit family in Sylhet.",
            on=on,
            at=now,
            requested_by=None,
        )
    traveller = others.first()
    if traveller is not None and traveller != asker:
        first = on + timedelta(days=7)
        planned_moves.plan_pause(
            subscription=traveller,
            wanted=Pause(
                Suspension.Kind.CUSTOMER_REQUEST, False, first, first + timedelta(days=14)
            ),
            act=Act(None, now, reason="Family visits the village for two weeks"),
        )
