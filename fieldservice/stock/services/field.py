"""What a technician used at a customer's is a fact: the books follow it, and say what differed."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from customers.models import Customer
from fieldservice.rules.checklists import plain_serial
from fieldservice.stock.models import SerialUnit, StockItem, StockMove, StockPlace
from fieldservice.stock.services import issuing, moving, places
from fieldservice.stock.services.issuing import Condition, Issued
from fieldservice.stock.services.moving import Step, StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Why = StockMove.Why


class AtAnotherCustomer(DomainError):
    """The piece is with another customer: two people have to find out which of them has it."""


@transaction.atomic
def use(*, item: StockItem, customer: Customer, issued: Issued, act: Act[User]) -> str:
    """Move what a technician left or used from their van to the customer, the item's usual way.

    Return what the books said otherwise, "" when they agreed. Raises AtAnotherCustomer.
    """
    account_states.lock([customer.pk])
    trail.begin(act=act)
    item = moving.lock(item)
    van = places.of_person(act.actor)
    if not item.is_serial:
        said = _fill(item, van, issued, act=act)
        issuing.hand_out(item, None, customer, van, issued, act=act)
        return said
    unit, source, said = _piece(item, customer, van, issued, act=act)
    if unit is not None:
        one = Issued(issued.way, Decimal(1), unit.serial, issued.reference)
        issuing.hand_out(item, unit, customer, source, one, act=act)
    return said


@transaction.atomic
def collect(
    *,
    item: StockItem,
    customer: Customer,
    serial: str,
    reference: str,
    condition: str = Condition.GOOD,
    act: Act[User],
) -> str:
    """Take a piece back at a customer's: good into the van, to be repaired to the branch, or scrap.

    Return what the books said otherwise. Raises AtAnotherCustomer.
    """
    trail.begin(act=act)
    item = moving.lock(item)
    van = places.of_person(act.actor)
    plain = plain_serial(serial)
    unit = SerialUnit.objects.select_related("place").filter(item=item, serial=plain).first()
    if unit is None:
        unit = moving.new_units(item, [serial], at=places.outside(places.Kind.ADJUSTMENT))[0]
    said = ""
    if unit.place == van and condition == Condition.GOOD:
        return said
    if unit.place.customer_id != customer.pk:
        _refuse_another(unit)
        said = _("was booked at %(place)s") % {"place": unit.place}
    target = places.of_branch(customer.branch) if condition == Condition.REPAIR else van
    to, why = issuing.where_back(condition, target)
    if unit.place != to:
        moved = moving.carry(item, unit, Decimal(1), Step(unit.place, to, why, reference), act=act)
        moving.record(item, [moved], act=act)
    issuing.note_condition(unit, condition)
    return said


def _fill(item: StockItem, van: StockPlace, issued: Issued, *, act: Act[User]) -> str:
    """Book what a van was short of, so that it can leave it."""
    short = issued.quantity - moving.held(item, van)
    if short <= 0:
        return ""
    step = Step(places.outside(places.Kind.ADJUSTMENT), van, Why.FOUND, issued.reference)
    moving.carry(item, None, short, step, act=act)
    return _("the van was short by %(quantity)s") % {"quantity": f"{short.normalize():f}"}


def _piece(
    item: StockItem, customer: Customer, van: StockPlace, issued: Issued, *, act: Act[User]
) -> tuple[SerialUnit | None, StockPlace, str]:
    """Return the piece, where it leaves from and what differed; None: the customer has it."""
    plain = plain_serial(issued.serial)
    if not plain:
        raise StockRefused(_("Give the serial numbers."))
    unit = SerialUnit.objects.select_related("place").filter(item=item, serial=plain).first()
    found_at = places.outside(places.Kind.ADJUSTMENT)
    if unit is None:
        unit = moving.new_units(item, [plain], at=found_at)[0]
        moving.carry(item, unit, Decimal(1), Step(found_at, van, Why.FOUND), act=act)
        return unit, van, _("was not in stock before")
    if unit.place.customer_id == customer.pk:
        return None, unit.place, ""
    _refuse_another(unit)
    if unit.place == van:
        return unit, van, ""
    where = str(unit.place)
    if not unit.place.is_real:
        moving.carry(item, unit, Decimal(1), Step(unit.place, van, Why.FOUND), act=act)
        return unit, van, _("was booked at %(place)s") % {"place": where}
    return unit, unit.place, _("was booked at %(place)s") % {"place": where}


def _refuse_another(unit: SerialUnit) -> None:
    if unit.place.kind == places.Kind.CUSTOMER:
        raise AtAnotherCustomer(
            _("%(serial)s is booked at another customer.") % {"serial": unit.serial}
        )
