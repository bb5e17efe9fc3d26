"""A customer's services: adding one, and changing what is known of its line."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import Customer, Cycle, Package, PackagePrice, Subscription
from customers.queries import prices
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_CONNECTION_ONCE = "subscription_connection_once"


class PackageHasNoPrice(DomainError):
    """The package has no price for this cycle on this day."""


class PackageNotSold(DomainError):
    """The package is archived."""


class ConnectionTaken(DomainError):
    """Another living service has this connection id."""


class NoSuchBillingDay(DomainError):
    """A billing day lies between 1 and 31."""


@dataclass(frozen=True)
class Line:
    """What is known of the line itself; all of it may come later."""

    connection_id: str = ""  # also the PPPoE user name; blank = made from the account number
    address: str = ""  # blank = the customer's
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    technology: str = ""  # blank = the package's
    upstream_provider: str = ""
    upstream_order_id: str = ""
    cpe_make: str = ""
    cpe_serial: str = ""
    contract_ends_on: date | None = None
    notes: str = ""


@dataclass(frozen=True)
class FirstService:
    """The service a new customer begins with; no billing day = the customer's preferred one."""

    package: Package
    cycle: str = Cycle.MONTHLY
    billing_day: int | None = None
    line: Line | None = None
    priced_on: date | None = None  # at that day's price, where one was promised; none = today's


def add(
    *,
    customer: Customer,
    package: Package,
    act: Act,
    cycle: str = Cycle.MONTHLY,
    billing_day: int | None = None,
    mode: str = Subscription.Mode.POSTPAID,
    line: Line | None = None,
    priced_on: date | None = None,
) -> Subscription:
    """Add a pending service at its list's price of the company date `on`, frozen from then on.

    The list is the customer's reseller's, branch's or the general one (`customers.queries.prices`);
    `priced_on`: as it stood on a day it was promised. `billing_day` None takes the customer's
    preferred one. Raises PackageHasNoPrice,
    PackageNotSold, ConnectionTaken, NoSuchBillingDay, DomainError for an archived account.
    """
    line = line or Line()
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
            day = customer.preferred_billing_day if billing_day is None else billing_day
            price = _price(customer, package, cycle, priced_on or act.on)
            _refuse_unfit(customer, package, day)
            last = customer.subscriptions.aggregate(last=Max("line_no"))["last"] or 0
            subscription = _drafted(customer, package, cycle, day, price)
            subscription.line_no, subscription.mode = last + 1, mode
            subscription.created_at = act.at
            for name, value in _line_values(line, customer, package, last + 1).items():
                setattr(subscription, name, value)
            subscription.save(force_insert=True)
            refresh_keywords(customer)
            known = {
                "package": package.name,
                "cycle": cycle,
                "billing_day": day,
                "price_amount": price.net_amount,
                "gross_amount": price.gross_amount,
            }
            record(subscription, "subscription.added", act=act, after=known)
    except IntegrityError as error:
        _raise_if_connection_taken(error, line.connection_id)
        raise
    return subscription


def draft(
    *, customer: Customer, package: Package, cycle: str, billing_day: int, on: date
) -> Subscription:
    """Return the service that `add` would add on a company date; nothing is saved.

    The customer may be a draft too. It is fit for quotes: what its first bill would be. Raises
    PackageHasNoPrice, PackageNotSold, NoSuchBillingDay.
    """
    _refuse_unfit(customer, package, billing_day)
    price = _price(customer, package, cycle, on)
    subscription = _drafted(customer, package, cycle, billing_day, price)
    subscription.pk = 0  # nobody's: what is asked about it finds nothing
    return subscription


def edit_line(*, subscription: Subscription, line: Line, act: Act) -> Subscription:
    """Change what is known of a service's line. Raises ConnectionTaken.

    A blank connection id leaves the present one.
    """
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            subscription = locked(subscription)
            names = [field.name for field in fields(line)]
            before = {name: getattr(subscription, name) for name in names}
            values = _line_values(
                line, subscription.customer, subscription.package, subscription.line_no
            )
            if not line.connection_id.strip():
                values["connection_id"] = subscription.connection_id
            for name, value in values.items():
                setattr(subscription, name, value)
            subscription.save(update_fields=names)
            refresh_keywords(subscription.customer)
            was, now = events.changes(before, {name: getattr(subscription, name) for name in names})
            if now:
                record(subscription, "subscription.edited", act=act, before=was, after=now)
    except IntegrityError as error:
        _raise_if_connection_taken(error, line.connection_id)
        raise
    return subscription


def refresh_keywords(customer: Customer) -> None:
    """Write the lines' identities on the searched row (inside the transaction of the change)."""
    words: list[str] = []
    for connection_id, order, serial in (
        customer.subscriptions.exclude(status=Subscription.Status.CANCELLED)
        .order_by("line_no")
        .values_list("connection_id", "upstream_order_id", "cpe_serial")
    ):
        words += [word for word in (connection_id, order, serial) if word]
    customer.keywords = " ".join(dict.fromkeys(words))[:400]
    Customer.objects.filter(pk=customer.pk).exclude(keywords=customer.keywords).update(
        keywords=customer.keywords
    )


def _price(customer: Customer, package: Package, cycle: str, on: date) -> PackagePrice:
    price = prices.for_customer(customer=customer, package=package, cycle=cycle, on=on)
    if price is None:
        raise PackageHasNoPrice(
            _("%(package)s has no %(cycle)s price on %(day)s. Set a price for it first.")
            % {
                "package": package.name,
                "cycle": str(Cycle(cycle).label).lower(),
                "day": formats.day(on, get_language() or "en"),
            }
        )
    return price


def _drafted(
    customer: Customer, package: Package, cycle: str, billing_day: int, price: PackagePrice
) -> Subscription:
    return Subscription(
        customer=customer,
        package=package,
        status=Subscription.Status.PENDING,
        cycle=cycle,
        billing_day=billing_day,
        price_amount=price.net_amount,
        gross_amount=price.gross_amount if price.includes_tax else None,
        installation_fee=package.installation_fee,
        router_fee=package.router_fee,
        download_mbps=package.download_mbps,
        upload_mbps=package.upload_mbps,
        data_cap_gb=package.data_cap_gb,
    )


def _refuse_unfit(customer: Customer, package: Package, billing_day: int) -> None:
    if customer.is_archived:
        raise DomainError(_("An archived account takes no new service. Restore it first."))
    if package.archived_at is not None:
        raise PackageNotSold(_("%(package)s is no longer sold.") % {"package": package.name})
    if not 1 <= billing_day <= 31:
        raise NoSuchBillingDay(_("A billing day lies between 1 and 31."))


def _line_values(line: Line, customer: Customer, package: Package, line_no: int) -> dict[str, Any]:
    values = {field.name: getattr(line, field.name) for field in fields(line)}
    values["connection_id"] = line.connection_id.strip() or f"{customer.number}-{line_no}"
    values["technology"] = line.technology or package.technology
    return values


def _raise_if_connection_taken(error: IntegrityError, connection_id: str) -> None:
    if _CONNECTION_ONCE in str(error):
        raise ConnectionTaken(
            _("The connection id %(id)s already belongs to another service.")
            % {"id": connection_id}
        ) from error


def locked(subscription: Subscription) -> Subscription:
    """Lock a service; return it as it is now, with customer and package."""
    return (
        Subscription.objects.select_for_update(of=("self",))
        .select_related("customer", "package")
        .get(pk=subscription.pk)
    )


def record(
    subscription: Subscription,
    action: str,
    *,
    act: Act,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what was done to a service."""
    events.record(
        act=act,
        action=action,
        target=subscription,
        branch_id=subscription.customer.branch_id,
        before=before,
        after=after,
    )
