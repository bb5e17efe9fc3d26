"""A move that was a mistake is undone by one that runs back, once, with a reason."""

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.stock.models import SerialUnit, StockMove
from fieldservice.stock.rules import undoing as rules
from fieldservice.stock.services import moving
from fieldservice.stock.services.moving import Step, StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act

Why = StockMove.Why


@transaction.atomic
def undo(*, move: StockMove, act: Act[User]) -> StockMove:
    """Let a move run back; what it was worth comes back with it. Twice is once.

    Raises StockRefused where the stock is no longer where it went, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    item = moving.lock(move.item)
    move = StockMove.objects.select_related("source", "target", "unit__place").get(pk=move.pk)
    known = StockMove.objects.filter(reverses=move).first()
    if known is not None:
        return known
    if not rules.may_be(move.why, source=move.source.kind, target=move.target.kind):
        raise StockRefused(_("A move of this kind is not undone here."))
    if move.unit is not None and move.unit.place_id != move.target_id:
        said = {"serial": move.unit.serial, "place": str(move.unit.place)}
        raise StockRefused(_("%(serial)s has moved on to %(place)s.") % said)
    step = Step(move.target, move.source, Why.UNDONE, move.reference, move.value_amount)
    made = moving.carry(item, move.unit, move.quantity, step, act=act, reverses=move)
    if move.why == Why.RETURNED and move.unit is not None:
        SerialUnit.objects.filter(pk=move.unit.pk).update(needs_repair=False)
    moving.record(item, [made], act=act)
    return made
