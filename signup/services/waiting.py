"""The waiting list: who asked where no line can be had is invited, once, when one can."""

from django.db import transaction

from customers.models import Area
from customers.queries import coverage
from customers.rules.coverage import COVERED
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from signup.models import Order
from signup.rules import lifecycle
from signup.services import announcing, locking, submitting


def invite_all(*, act: Act) -> int:
    """Invite everybody whose area is served by now and who was not invited; return how many."""
    waiting = Order.objects.filter(state=lifecycle.WAITING, invited_at__isnull=True)
    areas = Area.objects.filter(pk__in=waiting.values("area")).order_by("pk")
    served = [area.pk for area in areas if coverage.of(area) == COVERED]
    found = waiting.filter(area__in=served).order_by("submitted_at", "pk")
    return sum(_invite(order, act=act) for order in found)


@transaction.atomic
def take_up(*, order: Order, act: Act) -> Order:
    """Ask for the line after all, at today's price. Raises WrongState."""
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, lifecycle.SUBMITTED)
    submitting.hold_price(order, on=act.on)
    fields = ("gross_amount", "priced_on", "price_until")
    locking.move(order, lifecycle.SUBMITTED, *fields, act=act)
    return order


@transaction.atomic
def _invite(order: Order, *, act: Act) -> bool:
    trail.begin(act=act)
    order = locking.lock(order)
    if order.state != lifecycle.WAITING or order.invited_at is not None:
        return False
    order.invited_at = act.at
    order.save(update_fields=["invited_at"])
    announcing.invited(order, at=act.at)
    locking.record(order, "order.invited", act=act)
    return True
