"""What a technician corrects at the door: a phone number, or where the house is.

A correction names what the phone had last received. Where the office has changed it meanwhile to
something else, the office's stays and the technician's is kept beside it.
"""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Subscription
from customers.services import contacts, profile, subscriptions
from customers.services.subscriptions import Line
from fieldservice.models import WorkOrder
from fieldservice.rules import distances
from fieldservice.services import locking
from ispbill.accounts.models import User
from ispbill.core import phones
from ispbill.core.acts import Act

Degrees = tuple[Decimal, Decimal] | None


class Differs(locking.WrongState):
    """The office has changed the same thing to something else; the message says to what."""


@transaction.atomic
def correct(*, order: WorkOrder, said: dict[str, Any], is_decided: bool, act: Act[User]) -> None:
    """Correct a phone number (`phone`, `base_phone`) or a point (`point`, `base_point`).

    `is_decided`: the office has looked at both and takes this one. Raises Differs, PhoneRefused,
    PhoneTaken, ValueError for a point that is none.
    """
    order = locking.lock(order)
    if not is_decided and (order.technician_id != act.actor.pk or order.is_over):
        raise Differs(_("The job is not this technician's any more, or is over."))
    if "phone" in said:
        _correct_phone(order, said, is_decided=is_decided, act=act)
    elif "point" in said:
        _correct_point(order, said, is_decided=is_decided, act=act)
    else:
        raise ValueError("nothing is corrected")


def known_point(order: WorkOrder) -> Degrees:
    """Return where the job is, as the phone is told it."""
    if order.latitude is None or order.longitude is None:
        return None
    return order.latitude, order.longitude


def _correct_phone(
    order: WorkOrder, said: dict[str, Any], *, is_decided: bool, act: Act[User]
) -> None:
    customer = Customer.objects.select_for_update(of=("self",), no_key=True).get(
        pk=order.customer_id
    )
    wanted, base = profile.phone_number(str(said["phone"])), str(said.get("base_phone", ""))
    if customer.phone == wanted:
        return
    if customer.phone != base and not is_decided:
        raise Differs(_("The office has %(value)s.") % {"value": phones.national(customer.phone)})
    found = Customer.objects.select_related("area__branch", "branch").get(pk=customer.pk)
    contacts.tell_old(found, wanted, act=act)  # whoever has it now signs in with it
    profile.edit(customer=found, details=profile.details_of(found, phone=wanted), act=act)


def _correct_point(
    order: WorkOrder, said: dict[str, Any], *, is_decided: bool, act: Act[User]
) -> None:
    point = said["point"]
    wanted = _degrees(point.get("lat"), point.get("lon"))
    base = said.get("base_point") or {}
    if wanted is None:
        raise ValueError("no point")
    present = known_point(order)
    if present == wanted:
        return
    if present != _degrees(base.get("lat"), base.get("lon")) and not is_decided:
        at = f"{present[0]:.6f}, {present[1]:.6f}" if present else "—"
        raise Differs(_("The office has %(value)s.") % {"value": at})
    before = {"point": [str(one) for one in present] if present else None}
    order.latitude, order.longitude = wanted
    locking.save(order, "latitude", "longitude")
    _move_service(order, act=act)
    locking.record(
        order,
        "work_order.point_corrected",
        act=act,
        before=before,
        after={"point": [str(one) for one in wanted]},
    )


def _move_service(order: WorkOrder, *, act: Act[User]) -> None:
    """Keep the point with the service too, unless it is still at another address."""
    if order.subscription_id is None or order.kind == WorkOrder.Kind.RELOCATION:
        return
    service = Subscription.objects.select_related("customer", "package").get(
        pk=order.subscription_id
    )
    known = Line(**{one.name: getattr(service, one.name) for one in fields(Line)})
    line = replace(known, latitude=order.latitude, longitude=order.longitude)
    subscriptions.edit_line(subscription=service, line=line, act=act)


def _degrees(lat: Any, lon: Any) -> Degrees:
    found = distances.point(lat, lon)
    if found is None:
        return None
    return round(Decimal(str(found.latitude)), 6), round(Decimal(str(found.longitude)), 6)
