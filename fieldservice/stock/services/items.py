"""What we stock: names, how it is given out, what it is charged."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Fee
from fieldservice.stock.models import StockItem
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class ItemRefused(DomainError):
    """The name is taken, or what was chosen does not go together."""


@dataclass(frozen=True)
class About:
    """An item as somebody wants it; amounts net, the reorder level of one branch."""

    name: str
    unit: str
    kind: str
    usual_way: str
    fee: Fee | None
    sale_amount: Decimal
    deposit_amount: Decimal
    replacement_amount: Decimal
    reorder_level: Decimal


@transaction.atomic
def add(*, about: About, act: Act[User]) -> StockItem:
    """Add an item. Raises ItemRefused, AmountRefused."""
    trail.begin(act=act)
    _refuse(about, but=None)
    item = StockItem.objects.create(**_values(about))
    events.record(act=act, action="stock_item.added", target=item, after=_said(about))
    return item


@transaction.atomic
def change(*, item: StockItem, about: About, act: Act[User]) -> StockItem:
    """Change an item; what kind it is stays. Raises ItemRefused, AmountRefused."""
    trail.begin(act=act)
    item = StockItem.objects.select_for_update().get(pk=item.pk)
    if about.kind != item.kind:
        raise ItemRefused(_("Whether pieces have serial numbers cannot be changed."))
    _refuse(about, but=item.pk)
    for name, value in _values(about).items():
        setattr(item, name, value)
    item.save(update_fields=list(_values(about)))
    events.record(act=act, action="stock_item.changed", target=item, after=_said(about))
    return item


def _refuse(about: About, *, but: int | None) -> None:
    amounts.check(about.sale_amount, about.deposit_amount, about.replacement_amount)
    if StockItem.objects.filter(name__iexact=about.name).exclude(pk=but or 0).exists():
        raise ItemRefused(_("There is an item of this name."))
    if about.usual_way == StockItem.Way.LENT and about.kind != StockItem.Kind.SERIAL:
        raise ItemRefused(_("Only pieces with a serial number can be lent."))
    is_charged = about.usual_way == StockItem.Way.SOLD or about.replacement_amount
    if is_charged and about.fee is None:
        raise ItemRefused(_("Choose the fee it is charged as."))


def _values(about: About) -> dict[str, Any]:
    return {name: getattr(about, name) for name in asdict(about) if name != "fee"} | {
        "fee": about.fee
    }


def _said(about: About) -> dict[str, Any]:
    return {name: str(value) for name, value in _values(about).items()}
