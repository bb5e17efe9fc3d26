"""Approve what resellers have earned: the step between a payment and its payout."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from resellers.models import Commission, Reseller


@transaction.atomic
def approve(*, commission_ids: Collection[int], act: Act[User]) -> int:
    """Approve those of these commissions that wait for it; return how many.

    Those that were approved, paid or reversed meanwhile are passed over, so sending a form twice
    approves once.
    """
    trail.begin(act=act)
    # Lock.
    waiting = list(
        Commission.objects.select_for_update(of=("self",))
        .filter(pk__in=list(commission_ids), status=Commission.Status.ACCRUED)
        .order_by("pk")
    )
    # Change.
    Commission.objects.filter(pk__in=[one.pk for one in waiting]).update(
        status=Commission.Status.APPROVED, approved_by=act.actor, approved_at=act.at
    )
    # Trail.
    by_reseller: dict[int, list[Commission]] = defaultdict(list)
    for one in waiting:
        by_reseller[one.reseller_id].append(one)
    for reseller in Reseller.objects.filter(pk__in=by_reseller).order_by("pk"):
        own = by_reseller[reseller.pk]
        events.record(
            act=act,
            action="commissions.approved",
            target=reseller,
            after={"count": len(own), "amount": sum((one.worth for one in own), Decimal(0))},
        )
    return len(waiting)
