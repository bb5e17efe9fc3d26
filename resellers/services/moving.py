"""Give customers to another reseller, or take them back to the house, from a day on."""

from collections import Counter
from collections.abc import Collection, Mapping
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
from resellers.queries import move_limits
from resellers.services import notices

REASON = "a move of a customer planned for this day"


class MoveRefused(DomainError):
    """The day is over, or the reseller takes nobody."""


class OutsideLimits(DomainError):
    """Somebody lies outside the reseller's areas or pays a price it could not agree on."""


@transaction.atomic
def move(
    *,
    customer_ids: Collection[int],
    to: Reseller | None,
    first_day: date,
    act: Act[User],
    is_confirmed: bool = False,
) -> int:
    """Move customers to a reseller (None: to the house) from a day on; return how many move.

    Price, contract and balance stay. Who has the customer on the day money arrives earns of it.
    Today's moves are in force at once, later ones by `apply_due`. Moves planned for days after
    the first are given up. Raises MoveRefused, OutsideLimits, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    check(customer_ids, to, first_day, is_confirmed=is_confirmed, act=act)
    before = _holders(customer_ids, on=first_day)
    moved = carry_over(customer_ids=customer_ids, to=to, first_day=first_day, act=act)
    _tell({pk: before.get(pk) for pk in moved}, to, first_day, act=act)
    return len(moved)


@transaction.atomic
def carry_over(
    *, customer_ids: Collection[int], to: Reseller | None, first_day: date, act: Act[User]
) -> list[int]:
    """Write the move of customers that was agreed on; return who moves. Raises MoveRefused."""
    act = act.because(trail.required_reason(act.reason))
    _refuse(to, first_day, on=act.on)
    trail.begin(act=act)
    # Lock.
    customers = list(
        Customer.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=list(customer_ids))
        .order_by("pk")
    )
    # Change.
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
            before={"reseller": one.reseller_id},
            after={"reseller": to.pk if to else None, "from": str(first_day)},
        )
    return [one.pk for one in moved]


def check(
    customer_ids: Collection[int],
    to: Reseller | None,
    first_day: date,
    *,
    is_confirmed: bool,
    act: Act,
) -> None:
    """Raise MoveRefused; OutsideLimits unless what was never agreed on is confirmed."""
    _refuse(to, first_day, on=act.on)
    if to is None or is_confirmed:
        return
    found = move_limits.outside(customer_ids, to, on=first_day)
    said = []
    if found.areas:
        said.append(_("outside its areas: %(them)s") % {"them": _some(found.areas)})
    if found.prices:
        said.append(_("priced outside its limits: %(them)s") % {"them": _some(found.prices)})
    if said:
        raise OutsideLimits(
            _("Confirm that these move as well; %(what)s.") % {"what": "; ".join(said)}
        )


def tell(customer_ids: Collection[int], to: Reseller | None, first_day: date, *, act: Act) -> None:
    """Say to both resellers how many customers are about to move."""
    before = _holders(customer_ids, on=first_day)
    target = to.pk if to else None
    going = {pk: before.get(pk) for pk in customer_ids if before.get(pk) != target}
    _tell(going, to, first_day, act=act)


def _tell(
    before: Mapping[int, int | None], to: Reseller | None, first_day: date, *, act: Act
) -> None:
    leaving = Counter(holder for holder in before.values() if holder is not None)
    joining = {to.pk: len(before)} if to is not None and before else {}
    notices.moved(joining, leaving, first_day=first_day, at=act.at)


def _refuse(to: Reseller | None, first_day: date, *, on: date) -> None:
    if first_day < on:
        raise MoveRefused(_("The first day is today or later."))
    if to is not None and not to.is_active:
        raise MoveRefused(_("This reseller is not active."))


def _some(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:5])
    more = len(numbers) - 5
    return shown if more <= 0 else _("%(them)s and %(n)d more") % {"them": shown, "n": more}


def _holders(customer_ids: Collection[int], *, on: date) -> dict[int, int | None]:
    """Return which reseller has each of these customers on a day, by the customer's id."""
    rows = ResellerAssignment.objects.filter(customer__in=customer_ids, during__contains=on)
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
