"""A draft whose phone is proven becomes an order, with a lead; or it turns out to be known."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Cycle, Lead
from customers.queries import coverage, duplicates, prices
from customers.rules.coverage import COVERED
from customers.services import leads
from customers.services.leads import Interest
from ispbill.accounts.models import Branch
from ispbill.audit.services import trail
from ispbill.core import locks
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.services import numbering
from signup.models import Order
from signup.rules import lifecycle
from signup.services import announcing, codes, drafts, locking

PRICE_HOLDS = timedelta(days=30)
SOURCE = "Website"


class WrongCode(DomainError):
    """The code is not the one that was sent, or is over."""


class NotComplete(DomainError):
    """Something is still to be answered."""


@dataclass(frozen=True)
class Outcome:
    """What a proven phone leads to: an order (new, or open before), or an account that is there."""

    order: Order | None = None
    customer: Customer | None = None


def submit(*, order: Order, code: str, act: Act) -> Outcome:
    """Make a draft an order once its phone is proven. Raises WrongCode, NotComplete.

    Where the phone has an open order or an account, the draft is thrown away: only whoever holds
    the phone learns that there is one.
    """
    if not all((order.name, order.phone, order.address, order.package_id)):
        raise NotComplete(_("Something is still to be answered."))
    if order.area_id is None and order.latitude is None:
        raise NotComplete(_("Say where the line is wanted."))
    if not codes.is_right(order=order, code=code, at=act.at):
        raise WrongCode(_("This is not the code we sent, or it is over. Ask for a new one."))
    return _submit(order, act=act)


def submit_proven(*, order: Order, act: Act) -> Order:
    """Make a complete draft an order on staff's word for the phone (demo, call centre)."""
    outcome = _submit(order, act=act)
    if outcome.order is None:
        raise DomainError(_("This phone belongs to a customer."))
    return outcome.order


@transaction.atomic
def _submit(order: Order, *, act: Act) -> Outcome:
    trail.begin(act=act)
    locks.hold(f"signup:{order.phone}")
    order = locking.lock(order)
    if not order.is_draft:
        return Outcome(order=order)
    known = Order.objects.filter(phone=order.phone, state__in=lifecycle.OPEN).first()
    customer = None if known is not None else duplicates.phone_owner(order.phone)
    if known is not None or customer is not None:
        drafts.throw_away(order)
        return Outcome(order=known, customer=customer)
    order.lead = _lead(order, act=act)
    hold_price(order, on=act.on)
    order.submitted_at = act.at
    taken = numbering.take(series="ORD", year=act.on.year)
    order.number = numbering.written(series="ORD", year=act.on.year, number=taken)
    becomes = lifecycle.SUBMITTED if is_served(order) else lifecycle.WAITING
    fields = ("lead", "gross_amount", "priced_on", "price_until", "submitted_at", "number")
    locking.move(order, becomes, *fields, act=act)
    announcing.received(order, at=act.at)
    return Outcome(order=order)


def hold_price(order: Order, *, on: date) -> None:
    """Promise the price of a day for thirty days, on a locked order that is saved later."""
    assert order.package is not None  # noqa: S101 - narrows the type
    price = prices.price_on(
        package=order.package, cycle=Cycle.MONTHLY, on=on, branch_id=order.branch_id
    )
    order.gross_amount = price.gross_amount if price is not None else None
    order.priced_on, order.price_until = on, on + PRICE_HOLDS


def is_served(order: Order) -> bool:
    """Tell whether a line can be had; a pin near no area is for staff to judge, so: maybe."""
    return order.area is None or coverage.of(order.area) == COVERED


def _lead(order: Order, *, act: Act) -> Lead:
    branch = order.branch or Branch.objects.filter(archived_at__isnull=True).order_by("pk")[0]
    interest = Interest(
        name=order.name,
        phone=order.phone,
        branch=branch,
        email=order.email,
        address=order.address,
        area=order.area,
        source=SOURCE,
        package=order.package,
        next_action_on=act.on,
    )
    return leads.add(interest=interest, act=act)
