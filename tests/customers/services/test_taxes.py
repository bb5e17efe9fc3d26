"""Tax classes and rates: dated, never edited, and what a new rate does to prices."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers.models import PackagePrice, TaxClass, TaxRate
from customers.queries import taxes as queries
from customers.services import packages, taxes
from customers.services.packages import Offer
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from tests.database import owner_connection
from tests.factories.accounts import BranchFactory
from tests.factories.catalogue import AddonFactory, FeeFactory, TaxClassFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
FEBRUARY = date(2026, 2, 1)


def set_rate(tax_class, at, rate="0.075", on=FEBRUARY):
    return taxes.set_rate(
        tax_class=tax_class, rate=Decimal(rate), effective_from=on, act=Act(None, at, on=ON)
    )


def a_taxed_package(tax_class, net="1000.00", gross="1050.00", **values):
    return PackagePriceFactory(
        package=PackageFactory(tax_class=tax_class),
        net_amount=Decimal(net),
        tax_rate=Decimal("0.05"),
        gross_amount=Decimal(gross),
        **values,
    )


def test_a_class_is_made_with_its_first_rate(at):
    row = taxes.create(
        code="VAT5", name="VAT 5 %", rate=Decimal("0.05"), effective_from=ON, act=Act(None, at)
    )

    assert queries.rate_on(tax_class_id=row.pk, on=ON) == Decimal("0.05")
    assert AuditEvent.objects.get(action="tax_class.created").after["rate"] == "0.05"
    with pytest.raises(taxes.ClassCodeTaken):
        taxes.create(code="VAT5", name="x", rate=Decimal(0), effective_from=ON, act=Act(None, at))


def test_the_rate_of_a_day_is_the_latest_begun_and_without_one_the_companys():
    tax_class = TaxRateFactory(effective_from=date(2025, 1, 1)).tax_class
    TaxRateFactory(tax_class=tax_class, effective_from=FEBRUARY, rate=Decimal("0.075"))
    of_day = [date(2024, 12, 31), ON, FEBRUARY]

    rates = [queries.rate_on(tax_class_id=tax_class.pk, on=day) for day in of_day]

    assert rates == [Decimal("0.15"), Decimal("0.05"), Decimal("0.075")]
    assert queries.rate_on(tax_class_id=None, on=ON) == Decimal("0.15")


def test_who_is_exempt_pays_no_tax_whatever_the_class():
    tax_class = TaxRateFactory().tax_class
    exempt, other = CustomerFactory(is_tax_exempt=True), CustomerFactory()

    def rate(customer):
        return queries.rate_for(customer=customer, tax_class_id=tax_class.pk, on=ON)

    assert (rate(exempt), rate(other)) == (Decimal(0), Decimal("0.05"))


def test_a_new_rate_keeps_the_net_or_the_gross_as_each_price_was_agreed(at):
    tax_class = TaxRateFactory().tax_class
    by_net = a_taxed_package(tax_class)
    by_gross = a_taxed_package(tax_class, includes_tax=True)
    shown = queries.effect(tax_class=tax_class, rate=Decimal("0.075"), on=FEBRUARY)

    set_rate(tax_class, at)

    def now(price):
        row = PackagePrice.objects.get(package=price.package, effective_from=FEBRUARY)
        return row.net_amount, row.gross_amount, row.tax_rate

    assert now(by_net) == (Decimal("1000.00"), Decimal("1075.00"), Decimal("0.075"))
    assert now(by_gross) == (Decimal("976.74"), Decimal("1050.00"), Decimal("0.075"))
    assert [(one.after.net, one.after.gross) for one in shown] == [
        (Decimal("1000.00"), Decimal("1075.00")),
        (Decimal("976.74"), Decimal("1050.00")),
    ]
    by_net.refresh_from_db()
    assert by_net.tax_rate == Decimal("0.05")  # what was in force stays


def test_prices_planned_after_the_new_rate_follow_it_in_every_list(at):
    tax_class = TaxRateFactory().tax_class
    price = a_taxed_package(tax_class)
    later = PackagePriceFactory(
        package=price.package,
        branch=BranchFactory(),
        effective_from=date(2026, 3, 1),
        tax_rate=Decimal("0.05"),
        net_amount=Decimal("900.00"),
        gross_amount=Decimal("945.00"),
    )

    set_rate(tax_class, at)

    later.refresh_from_db()
    assert (later.gross_amount, later.tax_rate) == (Decimal("967.50"), Decimal("0.075"))


def test_a_planned_rate_can_be_withdrawn_and_prices_return(at):
    tax_class = TaxRateFactory().tax_class
    price = a_taxed_package(tax_class)
    rate = set_rate(tax_class, at)

    taxes.withdraw_rate(rate=rate, act=Act(None, at, on=ON))

    row = PackagePrice.objects.get(package=price.package, effective_from=FEBRUARY)
    assert (row.gross_amount, row.tax_rate) == (Decimal("1050.00"), Decimal("0.05"))
    assert TaxRate.objects.filter(tax_class=tax_class).count() == 1


def test_rates_of_days_gone_by_or_twice_a_day_are_refused(at):
    tax_class = TaxRateFactory().tax_class
    set_rate(tax_class, at)

    for refused in ({"on": date(2026, 1, 9)}, {"on": FEBRUARY}, {"rate": "1", "on": ON}):
        with pytest.raises(taxes.RateRefused):
            set_rate(tax_class, at, **refused)
    with pytest.raises(taxes.RateRefused):
        taxes.withdraw_rate(rate=tax_class.rates.earliest("pk"), act=Act(None, at, on=ON))


def change_the_past(at):
    with transaction.atomic():
        trail.begin(act=Act(None, at))
        TaxRate.objects.update(rate=Decimal("0.01"))


def remove_the_past(at):
    with transaction.atomic():
        trail.begin(act=Act(None, at))
        TaxRate.objects.all().delete()


def add_to_the_past(at):
    with transaction.atomic():
        trail.begin(act=Act(None, at))
        TaxRateFactory(tax_class=TaxClass.objects.get(), effective_from=date(2025, 6, 1))


@pytest.mark.parametrize("tamper", [change_the_past, remove_the_past, add_to_the_past])
def test_the_database_keeps_the_rates_of_days_gone_by(at, tamper):
    TaxRateFactory()

    with pytest.raises(IntegrityError, match="days gone by"):
        tamper(at)


@pytest.mark.parametrize("tamper", [change_the_past, remove_the_past, add_to_the_past])
def test_without_its_guard_the_past_could_be_changed(at, tamper):
    TaxRateFactory()
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE customers_taxrate DISABLE TRIGGER tax_rate_history")
        try:
            tamper(at)
        finally:
            owner.execute("ALTER TABLE customers_taxrate ENABLE TRIGGER tax_rate_history")


def lower_an_old_price(at):
    with transaction.atomic():
        trail.begin(act=Act(None, at))
        PackagePrice.objects.update(net_amount=1, gross_amount=Decimal("1.15"))


def test_the_database_keeps_the_prices_of_days_gone_by(at):
    PackagePriceFactory()

    with pytest.raises(IntegrityError, match="days gone by"):
        lower_an_old_price(at)


def test_without_its_guard_an_old_price_could_be_changed(at):
    PackagePriceFactory()
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE customers_packageprice DISABLE TRIGGER price_history")
        try:
            lower_an_old_price(at)
        finally:
            owner.execute("ALTER TABLE customers_packageprice ENABLE TRIGGER price_history")


def test_another_class_restates_a_packages_prices_from_today(at):
    tax_class = TaxRateFactory().tax_class
    price = PackagePriceFactory(package=PackageFactory(code="H30"))

    packages.edit(
        package=price.package,
        offer=Offer("H30", "Home 30", "FIBER", 30, 30, tax_class_id=tax_class.pk),
        act=Act(None, at),
    )

    row = PackagePrice.objects.get(package=price.package, effective_from=ON)
    assert (row.net_amount, row.gross_amount) == (Decimal("1000.00"), Decimal("1050.00"))


def test_a_class_in_use_stays_and_an_unused_one_can_be_put_away(at):
    used, unused = TaxClassFactory(), TaxClassFactory()
    AddonFactory(tax_class=used)
    FeeFactory(tax_class=used)

    with pytest.raises(taxes.ClassInUse):
        taxes.archive(tax_class=used, act=Act(None, at))
    taxes.archive(tax_class=unused, act=Act(None, at))
    assert list(queries.sold()) == [used]
    assert queries.uses() == {used.pk: 2}
    taxes.restore(tax_class=unused, act=Act(None, at))
    assert queries.sold().count() == 2
