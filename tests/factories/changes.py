"""Services billed the way the product bills them, and packages to change to."""

from datetime import UTC, date, datetime
from decimal import Decimal

from factory import LazyAttribute, SubFactory
from factory.django import DjangoModelFactory
from psycopg.types.range import DateRange

from billing.changes.models import PauseRequest
from billing.changes.services import activation, package_changes
from billing.changes.services.package_changes import RequestedChange
from billing.invoices.models import Schedule
from billing.invoices.services import invoicing
from billing.pricing.models import PackageChange
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from tests.factories.customers import PackageFactory, PackagePriceFactory, SubscriptionFactory

BORN = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def priced_package(net, *, cycle="MONTHLY", tax_rate="0.15", **values):
    """Make a package with a price that has held for long."""
    package = PackageFactory(**values)
    amount = Taxed.from_net(Decimal(net), Decimal(tax_rate))
    PackagePriceFactory(
        package=package,
        cycle=cycle,
        net_amount=amount.net,
        tax_rate=Decimal(tax_rate),
        gross_amount=amount.gross,
    )
    return package


def billed_service(net="1000.00", *, start=date(2026, 1, 5), **values):
    """Make a service activated on a day, with its first bill."""
    package = values.pop("package", None) or priced_package(net)
    service = SubscriptionFactory(
        package=package, price_amount=Decimal(net), status="PENDING", activated_on=None, **values
    )
    activation.activate(
        subscription=service, on=start, act=Act(None, BORN, reason="because a test says so")
    )
    return Subscription.objects.select_related("customer", "package").get(pk=service.pk)


def asked(
    service, package, *, on, at, effective="NOW", origin="STAFF", by=None, status="REQUESTED"
):
    """Ask for another package."""
    return package_changes.request(
        subscription=service,
        requested=RequestedChange(package=package, effective=effective, origin=origin),
        fingerprint="",
        requested_by=by,
        on=on,
        at=at,
        status=PackageChange.Status(status),
    )


def approved(change, *, on, at, fingerprint=None, actor=None):
    """Approve a change as it stands."""
    return package_changes.approve(
        change=change,
        fingerprint=change.fingerprint if fingerprint is None else fingerprint,
        note="",
        act=Act(actor, at, on=on),
    )


def billed_until(service):
    return Schedule.objects.get(subscription=service).billed_until


class PauseRequestFactory(DjangoModelFactory):
    class Meta:
        model = PauseRequest

    subscription = SubFactory(SubscriptionFactory)
    customer = LazyAttribute(lambda row: row.subscription.customer)
    span = DateRange(date(2026, 3, 1), date(2026, 3, 11))
    is_billed = False
    is_credited = True
    credit_amount = Decimal("0.00")
    requested_at = BORN


def sample_change(service, package):
    """Write a request down, with a quote that says next to nothing."""
    side = {
        "package": package.pk,
        "name": package.name,
        "local_name": "",
        "price": "1.00",
        "gross": None,
        "download_mbps": 1,
        "upload_mbps": 1,
        "data_cap_gb": None,
    }
    nothing = {"net": "0.00", "tax": "0.00", "total": "0.00"}
    days = {"start": "2026-02-05", "end": "2026-03-05", "issued_on": "2026-01-29"}
    quote = {
        "version": 1,
        "effective": "PERIOD_END",
        "on": "2026-01-05",
        "starts": "2026-02-05",
        "from": side,
        "to": side,
        "credits": [],
        "charges": [],
        "credit": nothing,
        "charge": nothing,
        "now": nothing,
        "days": [],
        "next": {**days, **nothing},
        "basis": {},
    }
    return PackageChange.objects.create(
        subscription=service,
        customer=service.customer,
        package_from=package,
        package_to=package,
        effective="PERIOD_END",
        effective_on=date(2026, 2, 5),
        price_amount=Decimal("1.00"),
        total_amount=Decimal("0.00"),
        quote=quote,
        fingerprint="0" * 64,
        quoted_at=BORN,
        valid_until=BORN,
        origin="STAFF",
        requested_at=BORN,
    )


__all__ = [
    "PauseRequestFactory",
    "approved",
    "asked",
    "billed_service",
    "billed_until",
    "invoicing",
    "priced_package",
    "sample_change",
]
