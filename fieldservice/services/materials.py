"""What a technician uses, leaves and takes back: noted with the visit, followed by the stock."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from fieldservice.models import Material, Visit
from fieldservice.rules import checklists
from fieldservice.services import evidence, locking
from fieldservice.stock.models import StockItem
from fieldservice.stock.services import field
from fieldservice.stock.services.issuing import Issued
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@transaction.atomic
def add(
    *,
    visit: Visit,
    name: str,
    quantity: Decimal,
    serial: str,
    moment: datetime,
    act: Act[User],
    back: str = "",
    item: StockItem | None = None,
) -> Material:
    """Note what was used, left or taken back (`back`: its condition); the same serial is once.

    An `item` of our stock moves from the technician's van to the customer, or back; what the books
    said otherwise is noted. Raises WrongState for a piece booked at another customer.
    """
    trail.begin(act=act)
    if item is not None:
        account_states.lock([visit.customer_id])
    visit = evidence.locked(visit)
    name = (item.name if item else name).strip()[:80]
    if not name or not Decimal(0) < quantity < Decimal(10**6):
        raise DomainError(_("Say what was used and how much of it."))
    plain = checklists.plain_serial(serial)[:60]
    known = visit.materials.filter(name=name, serial=plain).first() if plain else None
    if known is not None:
        return known
    said = _move_stock(visit, item, quantity, plain, back, act) if item else ""
    trail.begin(act=act)
    row = Material.objects.create(
        visit=visit,
        item=item,
        stock_note=said[:120],
        customer_id=visit.customer_id,
        name=name,
        quantity=quantity,
        serial=plain,
        is_returned=bool(back),
        noted_at=moment,
    )
    evidence.void_signature(visit)
    visit.save()
    return row


def _move_stock(
    visit: Visit, item: StockItem, quantity: Decimal, serial: str, back: str, act: Act[User]
) -> str:
    """Let the books follow what was done with our stock; return what they said otherwise."""
    customer, number = visit.customer, visit.order.number
    act = act.because(_("Used on job %(number)s") % {"number": number})
    try:
        if back and item.is_serial:
            return field.collect(
                item=item,
                customer=customer,
                serial=serial,
                reference=number,
                condition=back,
                act=act,
            )
        if back:
            return ""
        issued = Issued(item.usual_way, quantity, serial, number)
        return field.use(item=item, customer=customer, issued=issued, act=act)
    except field.AtAnotherCustomer as refusal:
        raise locking.WrongState(str(refusal)) from refusal
