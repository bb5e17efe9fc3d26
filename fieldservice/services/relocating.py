"""What a completed move of house changes: the address, the point, the router, and the fee.

The price and the billing day of the service stay as they are.
"""

from dataclasses import fields, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.changes.services import fees
from customers.models import Subscription
from customers.services import equipment, subscriptions
from customers.services.subscriptions import Line
from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import checklists, distances
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from network.models import Access
from network.services import moving


def relocate(order: WorkOrder, visit: Visit, act: Act[User]) -> None:
    """Move a service to the job's address; charge the fee once. Raises DomainError."""
    service = Subscription.objects.select_related("customer", "package").get(work_orders=order)
    why = act.because(
        _("Moved by %(name)s, %(number)s") % {"name": visit.technician.name, "number": order.number}
    )
    latitude, longitude = _point(order, visit)
    known = Line(**{one.name: getattr(service, one.name) for one in fields(Line)})
    moved = replace(known, address=order.address, latitude=latitude, longitude=longitude)
    subscriptions.edit_line(subscription=service, line=moved, act=why)
    _note_device(service, visit, act=why)
    line = Access.objects.filter(subscription=service).first()
    if order.router is not None and line is not None:
        moving.move_to_router(line=line, router=order.router, act=why)
    if order.fee is not None:
        fees.charge(
            customer=service.customer,
            fee=order.fee,
            quantity=1,
            unit=order.fee_amount,
            note=why.reason,
            key=f"wo:{order.number}:fee",
            act=why,
            subscription=service,
        )


def _point(order: WorkOrder, visit: Visit) -> tuple[Decimal | None, Decimal | None]:
    """Return the new address's point: the office's, else where the technician stood."""
    if order.latitude is not None:
        return order.latitude, order.longitude
    if visit.latitude is None or distances.is_poor(visit.accuracy_m):
        return None, None
    return visit.latitude, visit.longitude


def _note_device(service: Subscription, visit: Visit, *, act: Act[User]) -> None:
    serial = checklists.plain_serial(str((visit.answers.get("serial") or {}).get("value") or ""))
    if serial:
        equipment.note_serial(subscription=service, serial=serial, act=act)
