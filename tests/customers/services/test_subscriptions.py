"""Adding a service: its price is frozen, its line has a name, searching finds it."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer, PackagePrice
from customers.services import subscriptions
from customers.services.subscriptions import Line
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.factories.customers import (
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


def add(at, *, customer=None, package=None, **changes):
    return subscriptions.add(
        customer=customer or CustomerFactory(),
        package=package or PackagePriceFactory().package,
        act=Act(None, at, on=ON),
        **changes,
    )


def test_the_price_of_the_day_is_frozen(at):
    package = PackageFactory()
    for day, amount in ((date(2025, 1, 1), 900), (ON, 1000), (date(2026, 1, 11), 1200)):
        PackagePriceFactory(
            package=package,
            effective_from=day,
            net_amount=amount,
            gross_amount=Decimal(amount) * Decimal("1.15"),
        )

    subscription = add(at, package=package)
    PackagePrice.objects.filter(effective_from=ON).update(
        net_amount=1, gross_amount=Decimal("1.15")
    )

    subscription.refresh_from_db()
    assert subscription.price_amount == Decimal("1000.00")


def test_a_package_without_a_price_is_refused_in_words(at):
    with pytest.raises(subscriptions.PackageHasNoPrice) as refusal:
        add(at, package=PackageFactory(name="Home 30"))

    assert str(refusal.value) == (
        "Home 30 has no monthly price on 10 Jan 2026. Set a price for it first."
    )


def test_a_price_of_another_cycle_or_a_later_day_does_not_do(at):
    package = PackageFactory()
    PackagePriceFactory(package=package, cycle="ANNUAL")
    PackagePriceFactory(package=package, effective_from=date(2026, 1, 11))

    with pytest.raises(subscriptions.PackageHasNoPrice):
        add(at, package=package)
    assert add(at, package=package, cycle="ANNUAL").cycle == "ANNUAL"


def test_a_service_copies_speed_and_fees_and_waits_to_be_activated(at):
    package = PackageFactory(
        download_mbps=50, upload_mbps=20, data_cap_gb=500, installation_fee=Decimal("500.00")
    )
    PackagePriceFactory(package=package)

    subscription = add(at, package=package)

    assert (subscription.download_mbps, subscription.upload_mbps, subscription.data_cap_gb) == (
        50,
        20,
        500,
    )
    assert (subscription.status, subscription.installation_fee) == ("PENDING", Decimal("500.00"))
    assert AuditEvent.objects.get(action="subscription.added").after["package"] == package.name


def test_lines_are_numbered_and_named_after_the_account(at):
    customer = CustomerFactory(number="CT-2026-00012", preferred_billing_day=25)

    first = add(at, customer=customer)
    second = add(at, customer=customer, billing_day=5)

    assert (first.connection_id, second.connection_id) == ("CT-2026-00012-1", "CT-2026-00012-2")
    assert (first.billing_day, second.billing_day) == (25, 5)


def test_a_connection_id_belongs_to_one_living_service(at):
    SubscriptionFactory(connection_id="rahim30")

    with pytest.raises(subscriptions.ConnectionTaken, match="rahim30"):
        add(at, line=Line(connection_id="rahim30"))


def test_a_cancelled_services_connection_id_is_free(at):
    SubscriptionFactory(connection_id="rahim30", status="CANCELLED", cancelled_on=ON)

    assert add(at, line=Line(connection_id="rahim30")).connection_id == "rahim30"


@pytest.mark.parametrize("day", [0, 32])
def test_a_billing_day_that_does_not_exist_is_refused(at, day):
    with pytest.raises(subscriptions.NoSuchBillingDay):
        add(at, billing_day=day)


def test_an_archived_package_is_not_sold(at):
    package = PackageFactory(archived_at=at)
    PackagePriceFactory(package=package)

    with pytest.raises(subscriptions.PackageNotSold):
        add(at, package=package)


def test_an_archived_account_takes_no_service(at):
    with pytest.raises(DomainError, match="Restore it first"):
        add(at, customer=CustomerFactory(archived_at=at))


def test_the_searched_row_knows_its_lines(at):
    customer = CustomerFactory()
    service = add(at, customer=customer, line=Line(connection_id="rahim30", cpe_serial="HW77"))

    assert Customer.objects.get(pk=customer.pk).keywords == "rahim30 HW77"

    subscriptions.edit_line(
        subscription=service, line=Line(connection_id="rahim50"), act=Act(None, at)
    )
    assert Customer.objects.get(pk=customer.pk).keywords == "rahim50"
    event = AuditEvent.objects.get(action="subscription.edited")
    assert (event.before["connection_id"], event.after["connection_id"]) == ("rahim30", "rahim50")


def test_a_line_cannot_take_anothers_connection_id(at):
    SubscriptionFactory(connection_id="rahim30")
    service = add(at)

    with pytest.raises(subscriptions.ConnectionTaken):
        subscriptions.edit_line(
            subscription=service, line=Line(connection_id="rahim30"), act=Act(None, at)
        )


def test_a_blank_connection_id_leaves_the_present_one(at):
    service = add(at, line=Line(connection_id="rahim30"))

    edited = subscriptions.edit_line(
        subscription=service, line=Line(notes="Pole 7"), act=Act(None, at)
    )

    assert (edited.connection_id, edited.notes) == ("rahim30", "Pole 7")
