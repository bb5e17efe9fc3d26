"""Give customers to another reseller, or take them back to the house, from a day on."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import Reseller, ResellerAssignment
from resellers.services import notices

REASON = "a move of a customer planned for this day"


class MoveRefused(DomainError):
    """The day is over, or the reseller takes nobody."""


@transaction.atomic
def move(
    *, customer_ids: Collection[int], to: Reseller | None, first_day: date, act: Act[User]
) -> int:
    """Move customers to a reseller (None: to the house) from a day on; return how many move.

    Price, contract and balance stay. Who has the customer on the day money arrives earns of it.
    Today's moves are in force at once, later ones by `apply_due`. Moves planned for days after
    the first are given up. Raises MoveRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    if first_day < act.on:
        raise MoveRefused(_("The first day is today or later."))
    if to is not None and not to.is_active:
        raise MoveRefused(_("This reseller is not active."))
    trail.begin(act=act)
    # Lock.
    customers = list(
        Customer.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(customer_ids))
        .order_by("pk")
    )
    # Change.
    before = _holders(customers, on=first_day)
    moved = [one for one in customers if _assign(one, to, first_day)]
    if first_day == act.on:
        Customer.objects.filter(pk__in=[one.pk for one in moved]).update(
            reseller_id=to.pk if to else None
        )
    # Trail.
    for one in moved:
        events.record(
            act=act,
            action="customer.reseller_moved",
            target=one,
            label=one.number,
            customer_id=one.pk,
            branch_id=one.branch_id,
            before={"reseller": one.reseller_id},
            after={"reseller": to.pk if to else None, "from": str(first_day)},
        )
    leaving = Counter(holder for one in moved if (holder := before.get(one.pk)) is not None)
    joining = {to.pk: len(moved)} if to is not None and moved else {}
    notices.moved(joining, leaving, first_day=first_day, at=act.at)
    return len(moved)


def _holders(customers: Collection[Customer], *, on: date) -> dict[int, int | None]:
    """Return which reseller has each of these customers on a day, by the customer's id."""
    rows = ResellerAssignment.objects.filter(
        customer__in=[one.pk for one in customers], during__contains=on
    )
    return dict(rows.values_list("customer_id", "reseller_id"))


def apply_due(*, act: Act) -> int:
    """Bring into force what was planned for today or before; return how many customers moved."""
    due = ResellerAssignment.objects.filter(during__contains=act.on).values_list(
        "customer_id", "reseller_id"
    )
    waiting = due.filter(during__startswith__gt=date(2000, 1, 1)).order_by("customer_id")
    moved = 0
    for customer_id, reseller_id in waiting.iterator(chunk_size=2000):
        with transaction.atomic():
            trail.begin(act=act.because(REASON))
            now = Customer.objects.filter(pk=customer_id).exclude(Q(("reseller_id", reseller_id)))
            moved += now.update(reseller_id=reseller_id)
    return moved


def _assign(customer: Customer, to: Reseller | None, first_day: date) -> bool:
    """Write the days anew from `first_day` on; False when they are so already."""
    mine = ResellerAssignment.objects.filter(customer=customer)
    present = mine.filter(during__contains=first_day).first()
    later = mine.filter(during__startswith__gte=first_day)
    target = to.pk if to else None
    goes_elsewhere = later.exclude(Q(("reseller_id", target))).exists()
    if (present.reseller_id if present else None) == target and not goes_elsewhere:
        return False
    later.delete()
    before = mine.filter(during__contains=first_day).first()
    if before is not None:
        before.during = DateRange(before.during.lower, first_day)
        before.save(update_fields=["during"])
    ResellerAssignment.objects.create(
        customer=customer, reseller=to, during=DateRange(first_day, None)
    )
    return True
