"""Another billing day or cycle: from the next period on, each day billed exactly once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.changes.queries import new_terms
from billing.changes.queries.new_terms import NotMovable
from billing.changes.services import billing_terms
from billing.changes.services.billing_terms import TermsMoved
from billing.invoices.models import InvoiceLine
from billing.run.services import cycle
from customers.models import Subscription
from ispbill.core.acts import Act
from tests.factories.changes import asked, billed_service, priced_package
from tests.factories.customers import PackagePriceFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, tzinfo=UTC)
WHY = "paid on the 25th of each month"


def move(service, *, day=None, to=None):
    values = {"cycle": to or service.cycle, "billing_day": day or service.billing_day}
    shown = new_terms.preview(service, **values, today=ON)
    billing_terms.change(
        subscription=service,
        **values,
        fingerprint=shown.fingerprint,
        act=Act(None, AT, on=ON, reason=WHY),
    )
    return shown


def billed(upto):
    cycle.run(on=upto, act=Act(None, datetime(upto.year, upto.month, upto.day, 4, tzinfo=UTC)))
    return [
        (str(line.span.lower), str(line.span.upper), line.net_amount)
        for line in InvoiceLine.objects.order_by("span")
    ]


def test_a_new_billing_day_makes_one_stub_and_then_whole_periods():
    service = billed_service("1000.00")

    shown = move(service, day=25)

    # 20 of the 31 days from 25 January to 25 February
    assert billed(date(2026, 3, 20)) == [
        ("2026-01-05", "2026-02-05", Decimal("1000.00")),
        ("2026-02-05", "2026-02-25", Decimal("645.16")),
        ("2026-02-25", "2026-03-25", Decimal("1000.00")),
        ("2026-03-25", "2026-04-25", Decimal("1000.00")),
    ]
    assert [one.total.net for one in shown.after] == [
        Decimal("645.16"),
        Decimal("1000.00"),
        Decimal("1000.00"),
    ]
    assert at_once.broken() == []


@pytest.mark.parametrize("day", [1, 5, 28, 29, 30, 31])
def test_the_preview_is_what_is_billed(day):
    service = billed_service("999.99")

    shown = move(service, day=day)

    lines = billed(date(2026, 5, 1))[1:]
    assert [net for _start, _end, net in lines][:3] == [one.total.net for one in shown.after]
    assert at_once.broken() == []


def test_a_year_follows_on_a_month():
    service = billed_service("1000.00")
    PackagePriceFactory(
        package=service.package,
        cycle="ANNUAL",
        net_amount=Decimal("10000.00"),
        gross_amount=Decimal("11500.00"),
    )

    move(service, to="ANNUAL")

    assert billed(date(2026, 2, 1)) == [
        ("2026-01-05", "2026-02-05", Decimal("1000.00")),
        ("2026-02-05", "2027-02-05", Decimal("10000.00")),
    ]
    assert at_once.broken() == []


def test_a_month_follows_on_a_quarter():
    package = priced_package("2700.00", cycle="QUARTERLY")
    PackagePriceFactory(package=package, cycle="MONTHLY")
    service = billed_service("2700.00", package=package, cycle="QUARTERLY")

    move(service, to="MONTHLY", day=1)

    # until 5 April the quarter; then 26 of the 30 days of April's period up to 1 May
    assert billed(date(2026, 4, 29)) == [
        ("2026-01-05", "2026-04-05", Decimal("2700.00")),
        ("2026-04-05", "2026-05-01", Decimal("866.67")),
        ("2026-05-01", "2026-06-01", Decimal("1000.00")),
    ]
    assert at_once.broken() == []


def test_a_cycle_without_a_price_is_refused():
    with pytest.raises(NotMovable):
        move(billed_service("1000.00"), to="QUARTERLY")


def test_bills_that_were_not_shown_are_not_set():
    service = billed_service("1000.00")

    with pytest.raises(TermsMoved):
        billing_terms.change(
            subscription=service,
            cycle="MONTHLY",
            billing_day=25,
            fingerprint="x",
            act=Act(None, AT, on=ON, reason=WHY),
        )

    assert Subscription.objects.get().billing_day == 5


def test_a_waiting_package_change_comes_first():
    service = billed_service("1000.00")
    asked(service, priced_package("1500.00"), on=ON, at=AT)

    with pytest.raises(NotMovable):
        move(service, day=25)
