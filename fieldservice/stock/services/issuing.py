"""What customers get of our stock and give back; a sale is charged through billing's own door."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.changes.services import fees
from billing.ledger.services import account_states
from billing.receivables.services import deposits
from customers.models import Customer
from fieldservice.stock.models import SerialUnit, StockItem, StockMove, StockPlace
from fieldservice.stock.services import moving, places, repairing
from fieldservice.stock.services.moving import Step, StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act

Way, Why = StockItem.Way, StockMove.Why


class Condition(models.TextChoices):
    """What a piece is worth that comes back."""

    GOOD = "GOOD", gettext_lazy("Good: to be given out again")
    REPAIR = "REPAIR", gettext_lazy("To be repaired: to the branch")
    BROKEN = "BROKEN", gettext_lazy("Broken: scrapped")


@dataclass(frozen=True)
class Issued:
    """How something is given out, how much, which piece, and for what (a job's number)."""

    way: str
    quantity: Decimal = Decimal(1)
    serial: str = ""
    reference: str = ""


@transaction.atomic
def issue(
    *, item: StockItem, customer: Customer, source: StockPlace, issued: Issued, act: Act[User]
) -> StockMove:
    """Give a customer something from a branch or a van; what is sold is charged at once.

    Raises StockRefused, FeeRefused, ReasonMissing for something given for nothing.
    """
    if issued.way == Way.FREE:
        act = act.because(trail.required_reason(act.reason))
    if not {source.kind} <= {places.Kind.BRANCH, places.Kind.PERSON}:
        raise StockRefused(_("It is given out from a branch or by a person."))
    account_states.lock([customer.pk])
    trail.begin(act=act)
    item = moving.lock(item)
    unit = moving.units_at(item, [issued.serial], source)[0] if _serial(item, issued) else None
    return hand_out(item, unit, customer, source, issued, act=act)


def hand_out(
    item: StockItem,
    unit: SerialUnit | None,
    customer: Customer,
    source: StockPlace,
    issued: Issued,
    *,
    act: Act,
) -> StockMove:
    """Move a locked item to the customer and charge what is sold; the account is locked before."""
    if unit is not None:
        repairing.refuse_broken(unit)
    if issued.way == Way.LENT and unit is None:
        raise StockRefused(_("Only pieces with a serial number can be lent."))
    targets = {Way.LENT: places.of_customer(customer)} if issued.way == Way.LENT else {}
    kind = places.Kind.USED if issued.way == Way.USED else places.Kind.SOLD
    target = targets.get(Way.LENT) or places.outside(kind)
    step = Step(source, target, Why(issued.way), f"{issued.reference or customer.number}")
    moved = moving.carry(item, unit, issued.quantity, step, act=act)
    moving.record(item, [moved], act=act)
    if issued.way == Way.SOLD and item.sale_amount:
        _charge(item, unit, customer, issued, moved, act=act)
    return moved


@transaction.atomic
def take_back(
    *,
    unit: SerialUnit,
    target: StockPlace | None,
    condition: str = Condition.GOOD,
    reference: str = "",
    act: Act[User],
) -> StockMove:
    """Take back what a customer was lent: good or to be repaired to `target`, broken to scrap.

    Raises StockRefused where it is with no customer, or has no place to go to.
    """
    trail.begin(act=act)
    item = moving.lock(unit.item)
    unit = SerialUnit.objects.select_related("place__customer").get(pk=unit.pk)
    if unit.place.kind != places.Kind.CUSTOMER:
        raise StockRefused(_("%(serial)s is with no customer.") % {"serial": unit.serial})
    to, why = where_back(condition, target)
    moved = moving.carry(item, unit, Decimal(1), Step(unit.place, to, why, reference), act=act)
    note_condition(unit, condition)
    moving.record(item, [moved], act=act)
    return moved


def where_back(condition: str, target: StockPlace | None) -> tuple[StockPlace, StockMove.Why]:
    """Return where a piece goes that came back, and as what. Raises StockRefused."""
    if condition == Condition.BROKEN:
        return places.outside(places.Kind.SCRAP), Why.SCRAPPED
    if target is None:
        raise StockRefused(_("Say where it goes."))
    if condition == Condition.REPAIR and target.kind != places.Kind.BRANCH:
        raise StockRefused(_("What is to be repaired goes to a branch."))
    return target, Why.RETURNED


def note_condition(unit: SerialUnit, condition: str) -> None:
    """Keep whether a piece that came back has to be repaired first."""
    needs_repair = condition == Condition.REPAIR
    if unit.needs_repair != needs_repair:
        unit.needs_repair = needs_repair
        unit.save(update_fields=["needs_repair"])


@transaction.atomic
def charge_for(*, unit: SerialUnit, act: Act[User]) -> Decimal:
    """Charge a customer for a piece that is broken or not coming back; the deposit pays first.

    The piece is written off as lost. Return what the deposit paid. Raises StockRefused, FeeRefused,
    ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    place = StockPlace.objects.select_related("customer").get(units=unit)
    customer = place.customer
    if customer is None:
        raise StockRefused(_("%(serial)s is with no customer.") % {"serial": unit.serial})
    account_states.lock([customer.pk])
    trail.begin(act=act)
    item = moving.lock(unit.item)
    unit = moving.units_at(item, [unit.serial], place)[0]
    if item.fee is None or not item.replacement_amount:
        raise StockRefused(_("Nothing is set to be charged for this item."))
    step = Step(place, places.outside(places.Kind.LOST), Why.LOST, customer.number)
    moved = moving.carry(item, unit, Decimal(1), step, act=act)
    moving.record(item, [moved], act=act)
    invoice = fees.charge(
        customer=customer,
        fee=item.fee,
        quantity=1,
        unit=item.replacement_amount,
        note=act.reason,
        key=f"stock:{moved.pk}:replacement",
        act=act,
    )
    customer.account_state.refresh_from_db()
    owed = min(invoice.total_amount, customer.account_state.balance_amount)
    paid = min(deposits.held(customer.pk), owed)
    if paid > 0:
        deposits.apply(customer=customer, amount=paid, act=act)
    return max(paid, Decimal(0))


def _charge(
    item: StockItem,
    unit: SerialUnit | None,
    customer: Customer,
    issued: Issued,
    moved: StockMove,
    *,
    act: Act,
) -> None:
    if item.fee is None:
        raise StockRefused(_("Choose the fee it is charged as."))
    what = f"{item.name} {unit.serial if unit else ''}".strip()
    is_whole = issued.quantity == issued.quantity.to_integral_value()
    quantity, price = (
        (int(issued.quantity), item.sale_amount)
        if is_whole
        else (1, (item.sale_amount * issued.quantity).quantize(Decimal("0.01")))
    )
    fees.charge(
        customer=customer,
        fee=item.fee,
        quantity=quantity,
        unit=price,
        note=_("Sold from stock: %(what)s") % {"what": what},
        key=f"stock:{moved.pk}:sold",
        act=act,
    )


def _serial(item: StockItem, issued: Issued) -> bool:
    if item.is_serial and not issued.serial.strip():
        raise StockRefused(_("Give the serial numbers."))
    return item.is_serial
