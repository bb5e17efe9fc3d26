"""Answers before the phone is proven: a draft that lives seven days and tells nobody anything."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from customers.models import Area, Package
from customers.queries import coverage
from customers.rules import referrals
from ispbill.accounts.services import throttle
from ispbill.core.acts import Act
from resellers.models import Reseller
from signup.models import Order
from signup.queries import links
from signup.services import documents

LIFETIME = timedelta(days=7)
MOST_AN_HOUR = 10  # drafts begun from one address
_HOUR = 3_600

Pin = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Spot:
    """Where a line is wanted: an area, a pin on the map (degrees north, east), or both."""

    area: Area | None = None
    pin: Pin | None = None


@dataclass(frozen=True)
class Person:
    """Who wants it; the phone as E.164, `documents` as (kind, bytes), not judged yet."""

    name: str
    phone: str
    address: str
    email: str = ""
    referral_code: str = ""
    documents: list[tuple[str, bytes]] = field(default_factory=list)


def begin(
    *,
    spot: Spot,
    ip: str,
    language: str,
    referral_code: str,
    act: Act,
    reseller: Reseller | None = None,
) -> Order:
    """Begin a draft where a line is wanted, by a reseller's link perhaps. Raises TooManyTries."""
    if ip:
        throttle.count_in([(f"signup:{throttle.network(ip)}", MOST_AN_HOUR)], seconds=_HOUR)
    seed = uuid.uuid4()
    order = Order(
        link_seed=seed,
        link_digest=links.digest(links.word(seed)),
        language=language,
        referral_code=referrals.read_code(referral_code),
        reseller=reseller,
        created_at=act.at,
    )
    _put(order, spot)
    order.save(force_insert=True)
    return order


def put(*, order: Order, spot: Spot) -> Order:
    """Change where the line is wanted; by a pin alone the area is the nearest one."""
    _put(order, spot)
    order.save(update_fields=["area", "branch", "latitude", "longitude"])
    return order


def choose(*, order: Order, package: Package, billing_day: int) -> Order:
    """Choose what is wanted, and the day of the month it is billed."""
    order.package, order.billing_day = package, billing_day
    order.save(update_fields=["package", "billing_day"])
    return order


def tell(*, order: Order, person: Person, act: Act) -> Order:
    """Say who wants it, with papers. Raises FileRefused, TooManyDocuments."""
    kept: list[str] = []
    try:
        with transaction.atomic():
            order.name, order.phone = person.name, person.phone
            order.address, order.email = person.address, person.email
            order.referral_code = referrals.read_code(person.referral_code)
            order.save(update_fields=["name", "phone", "address", "email", "referral_code"])
            for kind, content in person.documents:
                kept.append(documents.add(order=order, kind=kind, content=content, at=act.at).path)
    except Exception:
        documents.forget(kept)
        raise
    return order


def throw_away(order: Order) -> None:
    """Remove a draft with its papers."""
    paths = list(order.documents.values_list("path", flat=True))
    order.delete()
    transaction.on_commit(lambda: documents.forget(paths))


def throw_old_away(*, at: datetime) -> int:
    """Remove the drafts of more than seven days ago; return how many."""
    old = Order.objects.filter(state=Order.State.DRAFT, created_at__lt=at - LIFETIME)
    count = 0
    for order in old.order_by("pk"):
        throw_away(order)
        count += 1
    return count


def _put(order: Order, spot: Spot) -> None:
    area = spot.area
    if area is None and spot.pin is not None:
        area = coverage.at((float(spot.pin[0]), float(spot.pin[1])))
    order.area = area
    order.branch = area.branch if area is not None else None
    order.latitude, order.longitude = spot.pin or (None, None)
