"""Stock goes to a person over "on the way": theirs once they accept it, else it goes back."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.stock.models import StockItem as Item
from fieldservice.stock.models import StockMove, StockPlace, StockTransfer
from fieldservice.stock.services import moving, places
from fieldservice.stock.services.moving import Step, StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act

State, Why = StockTransfer.State, StockMove.Why


@transaction.atomic
def send(
    *,
    item: Item,
    source: StockPlace,
    target: StockPlace,
    quantity: Decimal,
    serials: Sequence[str],
    act: Act[User],
) -> StockTransfer:
    """Send stock to a person; it waits on the way until they accept it. Raises StockRefused."""
    trail.begin(act=act)
    kinds = {places.Kind.BRANCH, places.Kind.PERSON}
    if source == target or source.kind not in kinds or target.kind != places.Kind.PERSON:
        raise StockRefused(_("Choose two different branches or people."))
    item = moving.lock(item)
    units = moving.units_at(item, serials, source) if item.is_serial else []
    much = Decimal(len(units)) if item.is_serial else quantity
    if much <= 0:
        raise StockRefused(_("Say how much of it."))
    made = StockTransfer.objects.create(
        item=item,
        source=source,
        target=target,
        quantity=much,
        serials=[unit.serial for unit in units],
        sent_by=act.actor,
        sent_at=act.at,
    )
    way = Step(source, places.outside(places.Kind.TRANSIT), Why.MOVED, _reference(made))
    moving.carry_all(item, units, much, way, act=act)
    return made


@transaction.atomic
def accept(*, transfer: StockTransfer, act: Act[User]) -> StockTransfer:
    """Take what was sent into the own van; twice is once. Raises StockRefused."""
    trail.begin(act=act)
    row = _open(transfer)
    if row.state == State.ACCEPTED:
        return row
    _refuse_decided(row)
    if row.target.person_id != act.actor.pk:
        raise StockRefused(_("Only the person it was sent to accepts it."))
    return _arrive(row, row.target, State.ACCEPTED, act=act)


@transaction.atomic
def return_it(*, transfer: StockTransfer, act: Act[User]) -> StockTransfer:
    """Send back what was not accepted, with the reason. Raises StockRefused, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    row = _open(transfer)
    if row.state == State.RETURNED:
        return row
    _refuse_decided(row)
    return _arrive(row, row.source, State.RETURNED, act=act)


def _open(transfer: StockTransfer) -> StockTransfer:
    moving.lock(transfer.item)
    found = StockTransfer.objects.select_for_update(of=("self",))
    return found.select_related("item", "source", "target").get(pk=transfer.pk)


def _refuse_decided(row: StockTransfer) -> None:
    if row.state != State.SENT:
        said = {"state": row.get_state_display()}
        raise StockRefused(_("This is decided already: %(state)s.") % said)


def _arrive(row: StockTransfer, place: StockPlace, state: str, *, act: Act[User]) -> StockTransfer:
    item = moving.lock(row.item)
    transit = places.outside(places.Kind.TRANSIT)
    units = moving.units_at(item, row.serials, transit) if item.is_serial else []
    moving.carry_all(
        item, units, row.quantity, Step(transit, place, Why.MOVED, _reference(row)), act=act
    )
    row.state, row.decision = state, act.reason
    row.decided_by, row.decided_at = act.actor, act.at
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    return row


def _reference(row: StockTransfer) -> str:
    return f"transfer {row.pk}"
