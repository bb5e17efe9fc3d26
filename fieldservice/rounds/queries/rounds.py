"""A collector's round as the phone keeps it, and what the office has to look into."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from billing.tills.models import Handover
from customers.models import Customer
from fieldservice.rounds.models import RoundDevice, RoundReceipt
from fieldservice.rounds.rules import numbers
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.core import phones
from ispbill.core.models import Company
from payments.desk.queries import rounds, tills


def visible_to(user: User) -> QuerySet[RoundReceipt]:
    """Return the provisional receipts a person may see: collectors their own."""
    if user.role == User.Role.COLLECTOR:
        return RoundReceipt.objects.filter(collector=user)
    if not may(user, "cash.view"):
        return RoundReceipt.objects.none()
    branch_id = branch_scope(user)
    found = RoundReceipt.objects.all()
    return found if branch_id is None else found.filter(customer__branch_id=branch_id)


def unseen(user: User, _at: datetime) -> QuerySet[RoundReceipt]:
    """Return receipts with something odd about them that nobody has looked into."""
    return visible_to(user).filter(seen_at__isnull=True).exclude(flags=[])


def payable_by(user: User) -> QuerySet[Customer]:
    """Return the customers a collector may bring money of: those of the branch."""
    found = Customer.objects.select_related("account_state")
    return found if user.branch_id is None else found.filter(branch_id=user.branch_id)


def device(user: User, code: str) -> RoundDevice | None:
    """Return a phone of this person by its code."""
    return RoundDevice.objects.filter(person=user, code=code).first()


def stops(user: User) -> list[dict[str, Any]]:
    """Return who owes, by area and house: the own customers, or the whole branch's if none are."""
    branch = tills.branches(user).filter(pk=user.branch_id or 0).first()
    branch = branch or tills.branches(user).first()
    if branch is None:
        return []
    own = Customer.objects.filter(collector=user, archived_at=None).exists()
    route = rounds.route(rounds.Choice(branch.pk, None, user.pk if own else None))
    doors = [stop for area in route.areas for stop in area.stops]
    doors.sort(key=lambda stop: (stop.area, numbers.house_order(stop.house), stop.name))
    return [
        {
            "number": stop.number,
            "name": stop.name,
            "phone": stop.phone,
            "phone_shown": phones.national(stop.phone),
            "address": stop.house,
            "area": stop.area,
            "due": f"{stop.due:.2f}",
            "is_cut_off": stop.is_cut_off,
        }
        for stop in doors
    ]


def pocket(user: User) -> dict[str, Any]:
    """Return the cash a collector answers for, the most they may hold, and what waits."""
    shift = tills.open_of(user)
    limit = Company.current().largest_cash_held_amount
    waits = (
        shift is not None
        and Handover.objects.filter(from_shift=shift, state=Handover.State.OFFERED).exists()
    )
    return {
        "held": f"{shift.held_amount:.2f}" if shift else "0.00",
        "limit": f"{limit:.2f}" if limit is not None else "",
        "hand_over_waits": bool(waits),
    }
