"""Counts: blind, against the books of their moment; differences need another person's approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.rules.checklists import plain_serial
from fieldservice.stock.models import SerialUnit, StockCount, StockItem, StockMove, StockPlace
from fieldservice.stock.services import moving, places
from fieldservice.stock.services.moving import Step, StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act

State, Why = StockCount.State, StockMove.Why
ZERO = Decimal(0)


@dataclass(frozen=True)
class Counted:
    """How much of an item was found, or which pieces."""

    quantity: Decimal = ZERO
    serials: Sequence[str] = ()


@transaction.atomic
def hand_in(*, place: StockPlace, found: Mapping[int, Counted], act: Act[User]) -> StockCount:
    """Compare what was counted (by the item's id) with the books; items not named were not counted.

    A difference waits for another person and needs a reason. Raises StockRefused, ReasonMissing.
    """
    trail.begin(act=act)
    items = list(StockItem.objects.select_for_update().filter(pk__in=found).order_by("pk"))
    if StockCount.objects.filter(place=place, state=State.WAITING).exists():
        raise StockRefused(_("A count of this place waits for approval."))
    lines = [_line(item, place, found[item.pk]) for item in items]
    differing = [line for line in lines if differs(line)]
    if differing:
        trail.required_reason(act.reason)
    count = StockCount.objects.create(
        place=place,
        state=State.WAITING if differing else State.RIGHT,
        lines=lines,
        reason=act.reason,
        counted_by=act.actor,
        counted_at=act.at,
    )
    _record(count, "stock.counted", act=act)
    return count


@transaction.atomic
def approve(*, count: StockCount, act: Act[User]) -> StockCount:
    """Book the differences of a count that somebody else made. Raises StockRefused."""
    count = _open(count, act=act)
    for line in count.lines:
        if differs(line):
            _book(count, line, act=act.because(count.reason))
    return _decide(count, State.APPROVED, act=act)


@transaction.atomic
def refuse(*, count: StockCount, act: Act[User]) -> StockCount:
    """Leave the books as they are. Raises StockRefused, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    return _decide(_open(count, act=act), State.REFUSED, act=act)


def _line(item: StockItem, place: StockPlace, counted: Counted) -> dict[str, Any]:
    line: dict[str, Any] = {"item": item.pk, "name": item.name, "missing": [], "unknown": []}
    if not item.is_serial:
        return line | {
            "expected": f"{moving.held(item, place):f}",
            "counted": f"{counted.quantity:f}",
        }
    seen = {plain_serial(serial) for serial in counted.serials} - {""}
    booked = set(SerialUnit.objects.filter(item=item, place=place).values_list("serial", flat=True))
    return line | {
        "expected": str(len(booked)),
        "counted": str(len(seen)),
        "missing": sorted(booked - seen),
        "unknown": sorted(seen - booked),
    }


def differs(line: Mapping[str, Any]) -> bool:
    """Tell whether a line of a count says anything but the books."""
    differs = Decimal(line["expected"]) != Decimal(line["counted"])
    return differs or bool(line["missing"] or line["unknown"])


def _book(count: StockCount, line: Mapping[str, Any], *, act: Act[User]) -> None:
    item = moving.lock(StockItem.objects.get(pk=line["item"]))
    outside, reference = places.outside(places.Kind.ADJUSTMENT), f"count {count.pk}"
    moved: list[StockMove] = []
    if item.is_serial:
        lost = places.outside(places.Kind.LOST)
        for unit in SerialUnit.objects.filter(
            item=item, place=count.place, serial__in=line["missing"]
        ):
            step = Step(count.place, lost, Why.COUNTED, reference)
            moved.append(moving.carry(item, unit, Decimal(1), step, act=act))
        moved += [_found(item, serial, count, act=act) for serial in line["unknown"]]
    else:
        more = Decimal(line["counted"]) - Decimal(line["expected"])
        way = (outside, count.place) if more > 0 else (count.place, outside)
        step = Step(*way, Why.COUNTED, reference)
        moved.append(moving.carry(item, None, abs(more), step, act=act))
    if moved:
        moving.record(item, moved, act=act)


def _found(item: StockItem, serial: str, count: StockCount, *, act: Act[User]) -> StockMove:
    unit = SerialUnit.objects.select_related("place").filter(item=item, serial=serial).first()
    if unit is None:
        outside = places.outside(places.Kind.ADJUSTMENT)
        unit = moving.new_units(item, [serial], at=outside)[0]
    if unit.place.kind == places.Kind.CUSTOMER:
        raise StockRefused(_("%(serial)s is booked at a customer.") % {"serial": serial})
    step = Step(unit.place, count.place, Why.COUNTED, f"count {count.pk}")
    return moving.carry(item, unit, Decimal(1), step, act=act)


def _open(count: StockCount, *, act: Act[User]) -> StockCount:
    trail.begin(act=act)
    found = StockCount.objects.select_for_update(of=("self",))
    count = found.select_related("place__branch", "place__person", "place__customer").get(
        pk=count.pk
    )
    if count.state != State.WAITING:
        raise StockRefused(_("This count is decided already."))
    if count.counted_by_id == act.actor.pk:
        raise StockRefused(_("Somebody else has to look at your count."))
    return count


def _decide(count: StockCount, state: str, *, act: Act[User]) -> StockCount:
    count.state, count.decision = state, act.reason
    count.decided_by, count.decided_at = act.actor, act.at
    count.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    _record(count, f"stock.count_{state.lower()}", act=act)
    return count


def _record(count: StockCount, action: str, *, act: Act[User]) -> None:
    differing = [line["name"] for line in count.lines if differs(line)]
    said = {"state": count.state, "differences": differing}
    events.record(act=act, action=action, target=count, label=str(count.place), after=said)
