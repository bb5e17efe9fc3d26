"""A piece that is to be repaired lies at a branch and is given to nobody until it is."""

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.stock.models import SerialUnit
from fieldservice.stock.services import moving
from fieldservice.stock.services.moving import StockRefused
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def repaired(*, unit: SerialUnit, act: Act[User]) -> SerialUnit:
    """Say that a piece works again; twice is once. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    moving.lock(unit.item)
    unit = SerialUnit.objects.select_related("item", "place").get(pk=unit.pk)
    if unit.needs_repair:
        unit.needs_repair = False
        unit.save(update_fields=["needs_repair"])
        events.record(
            act=act,
            action="stock.repaired",
            target=unit.item,
            after={"serials": [unit.serial], "at": str(unit.place)},
        )
    return unit


def refuse_broken(unit: SerialUnit) -> None:
    """Raise StockRefused for a piece that waits for its repair."""
    if unit.needs_repair:
        raise StockRefused(_("%(serial)s is to be repaired first.") % {"serial": unit.serial})
