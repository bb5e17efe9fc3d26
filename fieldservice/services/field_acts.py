"""What each act of a phone means: one small function a kind, calling the service of that name."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from fieldservice.models import FieldAction, Visit, WorkOrder
from fieldservice.rules import checklists, distances
from fieldservice.rules.distances import Point
from fieldservice.services import (
    completion,
    corrections,
    evidence,
    field_files,
    journey,
    locking,
    materials,
    photos,
    swapping,
)
from fieldservice.stock.models import StockItem
from fieldservice.stock.services.issuing import Condition
from ispbill.accounts.models import User
from ispbill.core.acts import Act

MOVES = frozenset({"start", "turn_back", "arrive", "complete", "fail"})
FACTS = frozenset({"answer", "note", "material", "photo", "sign"})
OTHERS = frozenset({"swap", "correct"})
KINDS = MOVES | FACTS | OTHERS


def locked(order: WorkOrder) -> WorkOrder:
    """Lock a job, its customer's account first: this act, or one that waited for it, may bill."""
    account_states.lock([order.customer_id])
    return locking.lock(order)


def apply(order: WorkOrder, row: FieldAction, content: bytes, *, act: Act[User]) -> None:
    """Do what a locked job's act says. Raises DomainError, WrongState, ValueError, KeyError."""
    if row.kind in OTHERS:
        _OTHERS[row.kind](order, row, act)
        return
    if row.kind in FACTS:
        visit = evidence.latest_visit(order, act.actor)
        if visit is None:
            raise locking.WrongState(_("There is no visit this belongs to."))
        _FACTS[row.kind](visit, row, content, act)
        _flag_skew(visit, row)
        return
    _MOVES[row.kind](order, row, act)
    visit = evidence.latest_visit(order, act.actor)
    if visit is not None:
        _flag_skew(visit, row)


def give_back(order: WorkOrder, technician: User) -> None:
    """Let a job be of the technician again who had begun it before it was given to another."""
    order.technician = technician
    locking.save(order, "technician")


def _flag_skew(visit: Visit, row: FieldAction) -> None:
    if row.has_clock_skew and not visit.has_clock_skew:
        Visit.objects.filter(pk=visit.pk).update(has_clock_skew=True)


def _point(payload: dict[str, Any]) -> Point | None:
    found = payload.get("point") or {}
    return distances.point(found.get("lat"), found.get("lon"), found.get("accuracy"))


def _start(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    if order.state in {"EN_ROUTE", "IN_PROGRESS", "COMPLETED"}:
        return
    journey.start(order=order, moment=row.moment, act=act)


def _turn_back(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    reason = str(row.payload.get("reason", ""))
    journey.turn_back(order=order, moment=row.moment, act=act.because(reason))


def _arrive(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    if order.state in {"IN_PROGRESS", "COMPLETED"}:
        return
    place = journey.Place(_point(row.payload), str(row.payload.get("no_point_reason", "")))
    journey.arrive(order=order, place=place, moment=row.moment, act=act)


def _complete(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    completion.complete(order=order, moment=row.moment, act=act)


def _fail(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    journey.fail(
        order=order,
        failure=str(row.payload["failure"]),
        text=str(row.payload.get("text", "")),
        moment=row.moment,
        act=act,
    )


def _answer(visit: Visit, row: FieldAction, _content: bytes, act: Act[User]) -> None:
    evidence.answer(
        visit=visit,
        key=str(row.payload["key"]),
        value=row.payload.get("value"),
        impossible=str(row.payload.get("impossible", "")),
        moment=row.moment,
        act=act,
    )


def _note(visit: Visit, row: FieldAction, _content: bytes, act: Act[User]) -> None:
    evidence.note(visit=visit, text=str(row.payload["text"]), act=act)


def _material(visit: Visit, row: FieldAction, _content: bytes, act: Act[User]) -> None:
    quantity = checklists.number(row.payload.get("quantity") or 1)
    if quantity is None:
        raise ValueError("no quantity")
    item_id = row.payload.get("item")
    item = StockItem.objects.get(pk=int(item_id)) if item_id else None
    materials.add(
        visit=visit,
        item=item,
        name=str(row.payload["name"]),
        quantity=quantity,
        serial=str(row.payload.get("serial", "")),
        back=_condition(row.payload),
        moment=row.moment,
        act=act,
    )


def _condition(payload: dict[str, Any]) -> str:
    """Return the condition of what was taken back, "" for what was left."""
    if not payload.get("is_returned"):
        return ""
    return Condition(payload.get("condition") or Condition.GOOD).value


def _photo(visit: Visit, row: FieldAction, content: bytes, act: Act[User]) -> None:
    item, point = str(row.payload["item"]), _point(row.payload)
    announced = None if content else field_files.announced(row)
    if announced is None:
        photos.add(visit=visit, item=item, content=content, point=point, moment=row.moment, act=act)
        return
    photos.announce(
        visit=visit, item=item, announced=announced, point=point, moment=row.moment, act=act
    )


def _sign(visit: Visit, row: FieldAction, _content: bytes, act: Act[User]) -> None:
    strokes = [
        [[float(x), float(y)] for x, y in stroke[:2000]]
        for stroke in row.payload.get("strokes") or []
    ][:200]
    signed = evidence.Signed(
        strokes, str(row.payload.get("name", "")), str(row.payload.get("absent_reason", ""))
    )
    evidence.sign(visit=visit, signed=signed, moment=row.moment, act=act)


def _swap(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    reason = str(row.payload.get("reason", ""))
    swapping.ask(order=order, moment=row.moment, act=act.because(reason))


def _correct(order: WorkOrder, row: FieldAction, act: Act[User]) -> None:
    is_decided = row.outcome == FieldAction.Outcome.CONFLICT  # the office takes the technician's
    corrections.correct(order=order, said=row.payload, is_decided=is_decided, act=act)


_OTHERS: dict[str, Callable[[WorkOrder, FieldAction, Act[User]], None]] = {
    "swap": _swap,
    "correct": _correct,
}
_MOVES: dict[str, Callable[[WorkOrder, FieldAction, Act[User]], None]] = {
    "start": _start,
    "turn_back": _turn_back,
    "arrive": _arrive,
    "complete": _complete,
    "fail": _fail,
}
_FACTS: dict[str, Callable[[Visit, FieldAction, bytes, Act[User]], None]] = {
    "answer": _answer,
    "note": _note,
    "material": _material,
    "photo": _photo,
    "sign": _sign,
}
