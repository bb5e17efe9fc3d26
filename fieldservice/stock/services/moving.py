"""Stock goes from one place to another: received, moved, lost. Every change of stock is a move.

An item is locked first, so its moves come one after the other; a move that charges somebody locks
the customer's account before. The database refuses the same as this module (`move_stock.sql`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.rules.checklists import plain_serial
from fieldservice.stock.models import SerialUnit, StockBalance, StockItem, StockMove, StockPlace
from fieldservice.stock.rules import value
from fieldservice.stock.services import places
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Why = StockMove.Why
MOST_SERIALS = 500  # of one receipt
ZERO = Decimal(0)


class StockRefused(DomainError):
    """It is not there, there is less of it, or it is no such piece."""


@dataclass(frozen=True)
class Step:
    """From where to where, why, and what it belongs to; `value_amount` what was paid for it."""

    source: StockPlace
    target: StockPlace
    why: StockMove.Why
    reference: str = ""
    value_amount: Decimal = ZERO


@transaction.atomic
def receive(
    *,
    item: StockItem,
    branch: Branch,
    quantity: Decimal,
    serials: Sequence[str],
    unit_cost: Decimal,
    reference: str,
    act: Act[User],
) -> list[StockMove]:
    """Take in what a supplier delivered to a branch, at `unit_cost` net each.

    Raises StockRefused for a serial number known already, AmountRefused.
    """
    amounts.check(unit_cost)
    trail.begin(act=act)
    item = lock(item)
    supplier, shelf = places.outside(places.Kind.SUPPLIER), places.of_branch(branch)
    units = new_units(item, serials, at=supplier) if item.is_serial else []
    step = Step(supplier, shelf, Why.RECEIVED, reference)
    return carry_all(item, units, quantity, step, act=act, unit_cost=unit_cost)


@transaction.atomic
def move(
    *,
    item: StockItem,
    source: StockPlace,
    target: StockPlace,
    quantity: Decimal,
    serials: Sequence[str],
    act: Act[User],
) -> list[StockMove]:
    """Carry stock to a branch, from another or from a person. Raises StockRefused.

    What goes to a person waits for their word: `transfers.send`.
    """
    trail.begin(act=act)
    kinds = {places.Kind.BRANCH, places.Kind.PERSON}
    if source == target or source.kind not in kinds or target.kind != places.Kind.BRANCH:
        raise StockRefused(_("Choose two different branches or people."))
    item = lock(item)
    units = units_at(item, serials, source) if item.is_serial else []
    return carry_all(item, units, quantity, Step(source, target, Why.MOVED), act=act)


@transaction.atomic
def lose(
    *,
    item: StockItem,
    source: StockPlace,
    quantity: Decimal,
    serials: Sequence[str],
    act: Act[User],
) -> list[StockMove]:
    """Write off what is lost or stolen, with the reason. Raises StockRefused, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    item = lock(item)
    units = units_at(item, serials, source) if item.is_serial else []
    step = Step(source, places.outside(places.Kind.LOST), Why.LOST)
    return carry_all(item, units, quantity, step, act=act)


def lock(item: StockItem) -> StockItem:
    """Return an item as it is now; nobody else moves it before this transaction ends."""
    return StockItem.objects.select_for_update(of=("self",)).select_related("fee").get(pk=item.pk)


def new_units(item: StockItem, serials: Sequence[str], *, at: StockPlace) -> list[SerialUnit]:
    """Write down pieces nobody has seen before. Raises StockRefused."""
    plain = _plain(serials)
    known = SerialUnit.objects.filter(item=item, serial__in=plain).values_list("serial", flat=True)
    if known:
        raise StockRefused(_("Known already: %(serials)s.") % {"serials": ", ".join(known[:10])})
    return SerialUnit.objects.bulk_create(
        SerialUnit(item=item, serial=serial, place=at) for serial in plain
    )


def units_at(item: StockItem, serials: Sequence[str], place: StockPlace) -> list[SerialUnit]:
    """Return pieces that lie at a place. Raises StockRefused."""
    plain = _plain(serials)
    found = list(SerialUnit.objects.filter(item=item, serial__in=plain, place=place))
    missing = sorted(set(plain) - {unit.serial for unit in found})
    if missing:
        said = {"serials": ", ".join(missing[:10]), "place": str(place)}
        raise StockRefused(_("Not at %(place)s: %(serials)s.") % said)
    return found


def carry(
    item: StockItem,
    unit: SerialUnit | None,
    quantity: Decimal,
    step: Step,
    *,
    act: Act,
    reverses: StockMove | None = None,
) -> StockMove:
    """Write one move of a locked item and bring its worth up to date. Raises StockRefused."""
    if quantity <= 0:
        raise StockRefused(_("Say how much of it."))
    if step.source.is_real and held(item, step.source) < quantity:
        said = {"place": str(step.source), "item": item.name}
        raise StockRefused(_("There is not that much of “%(item)s” at %(place)s.") % said)
    amount = step.value_amount
    if step.source.is_real and not step.target.is_real:
        amount = value.taken_out(item.value_amount, owned=item.owned_quantity, quantity=quantity)
    moved = StockMove.objects.create(
        item=item,
        unit=unit,
        source=step.source,
        target=step.target,
        quantity=quantity,
        value_amount=amount,
        why=step.why,
        reference=step.reference[:80],
        reverses=reverses,
        reason=act.reason,
        moved_at=act.at,
        moved_by_id=act.actor.pk if act.actor is not None else None,
    )
    _reckon(item, moved)
    if unit is not None:
        unit.place = step.target
    return moved


def held(item: StockItem, place: StockPlace) -> Decimal:
    """Return how much of an item lies at a place."""
    found = StockBalance.objects.filter(item=item, place=place).values_list("quantity", flat=True)
    return found.first() or ZERO


def record(item: StockItem, moved: Sequence[StockMove], *, act: Act) -> None:
    """Append what was moved to the trail; the same way and reason for all of them."""
    first = moved[0]
    customer = next((one.customer for one in (first.source, first.target) if one.customer), None)
    events.record(
        act=act,
        action=f"stock.{first.why.lower()}",
        target=item,
        customer_id=customer.pk if customer else None,
        after={
            "quantity": f"{sum(one.quantity for one in moved):f}",
            "serials": [one.unit.serial for one in moved if one.unit],
            "from": str(first.source),
            "to": str(first.target),
            "reference": first.reference,
        },
    )


def carry_all(
    item: StockItem,
    units: Sequence[SerialUnit],
    quantity: Decimal,
    step: Step,
    *,
    act: Act[User],
    unit_cost: Decimal = ZERO,
) -> list[StockMove]:
    """Move pieces of a locked item, or a quantity where it has none. Raises StockRefused."""
    parts: list[tuple[SerialUnit | None, Decimal]] = [(unit, Decimal(1)) for unit in units]
    parts = parts if item.is_serial else [(None, quantity)]
    if not parts:
        raise StockRefused(_("Give the serial numbers."))
    moved = [
        carry(
            item,
            unit,
            amount,
            Step(step.source, step.target, step.why, step.reference, unit_cost * amount),
            act=act,
        )
        for unit, amount in parts
    ]
    record(item, moved, act=act)
    return moved


def _reckon(item: StockItem, moved: StockMove) -> None:
    comes_in = not moved.source.is_real and moved.target.is_real
    goes_out = moved.source.is_real and not moved.target.is_real
    if not comes_in and not goes_out:
        return
    sign = 1 if comes_in else -1
    item.owned_quantity += sign * moved.quantity
    item.value_amount += sign * moved.value_amount
    item.save(update_fields=["owned_quantity", "value_amount"])


def _plain(serials: Sequence[str]) -> list[str]:
    plain = [serial for serial in map(plain_serial, serials) if serial]
    if len(plain) != len(set(plain)):
        raise StockRefused(_("A serial number is there twice."))
    if len(plain) > MOST_SERIALS or any(len(serial) > 60 for serial in plain):
        raise StockRefused(_("At most 500 serial numbers of 60 characters at once."))
    return plain
