"""Every day of a service is accounted for, and what is not can be mended by somebody."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from psycopg.types.range import DateRange

from billing.changes.services import coverage as coverage_service
from billing.changes.services import termination
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.invoices.rules.periods import Period
from billing.pricing.models import DayException, PriceChange, PriceStep
from billing.pricing.services import price_changes
from billing.receivables.services import voiding
from billing.run.services import cycle
from customers.models import AccountState, Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import coverage
from tests import database
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.catalogue import DiscountFactory, PriceChangeFactory, SubscriptionAddonFactory
from tests.factories.changes import approved, asked, billed_service, priced_package
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 29)
FEBRUARY = (date(2026, 2, 5), date(2026, 3, 5))
WHY = "found by the proof of days"


@pytest.fixture
def service(at):
    """Billed for January on activation and for February by a run."""
    service = billed_service("1000.00")
    cycle.run(on=ON, act=Act(None, at))
    return Subscription.objects.select_related("customer").get(pk=service.pk)


@pytest.fixture
def staff():
    client = Client()
    client.force_login(UserFactory(role="OWNER"))
    return client


def found():
    return [(row.question, row.start, row.end, row.says) for row in coverage.uncovered(limit=20)]


def mend(staff, service, action):
    (row,) = coverage.uncovered(limit=20, subscription_ids=[service.pk])
    url = reverse("staff_books:mend-days", args=[service.customer.number, 1, action])
    key = f"{row.question}.{row.item}.{row.start}.{row.end}"
    asked_first = staff.get(f"{url}?days={key}")
    assert asked_first.status_code == 200
    done = staff.post(f"{url}?days={key}", {"reason": WHY}, headers={"HX-Request": "true"})
    assert done.status_code == 204, done.content.decode()
    return done


def owes(service):
    return AccountState.objects.get(customer=service.customer_id).balance_amount


def test_a_company_as_it_should_be_has_nothing_to_show(service, staff):
    assert found() == []
    assert (
        "Every day is accounted for" in staff.get(reverse("staff_books:coverage")).content.decode()
    )


def test_the_days_of_a_voided_first_bill_are_seen_and_billed(service, staff, at):
    first = Invoice.objects.get(kind="FIRST")
    voiding.void(invoice=first, act=Act(None, at, on=ON, reason="sent to the wrong person"))

    assert found() == [
        ("every_day_is_billed_or_has_a_reason", date(2026, 1, 5), date(2026, 2, 5), "never billed")
    ]
    page = staff.get(reverse("staff_books:coverage")).content.decode()
    assert "Bill these days" in page
    mend(staff, service, "bill")

    line = InvoiceLine.objects.get(invoice__kind="ADJUSTMENT")
    assert (line.span.lower, line.net_amount) == (date(2026, 1, 5), Decimal("1000.00"))
    assert found() == []
    assert owes(service) == Decimal("2300.00")
    assert at_once.broken() == []


def test_days_may_be_left_unbilled_with_a_reason(service, staff, at):
    voiding.void(
        invoice=Invoice.objects.get(kind="FIRST"),
        act=Act(None, at, on=ON, reason="a month free, agreed"),
    )

    mend(staff, service, "leave")

    assert DayException.objects.get().reason == WHY
    assert found() == []
    assert owes(service) == Decimal("1150.00")


def test_days_billed_after_the_end_are_seen_and_credited(service, staff, at):
    Company.objects.update(credits_on_termination=False)
    Company.forget_cached()
    termination.terminate(subscription=service, on=ON, act=Act(None, at, on=ON, reason=WHY))
    assert found() == []  # the company keeps them, and says so
    with database.owner_connection(autocommit=True) as owner:  # as if a run had gone on beside it
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM billing_dayexception")
    assert [row[:3] for row in found()] == [
        ("no_day_is_billed_after_the_end", ON, date(2026, 2, 5)),
        ("no_day_is_billed_after_the_end", *FEBRUARY),
    ]

    Company.objects.update(credits_on_termination=True)
    for row in coverage.uncovered(limit=9, subscription_ids=[service.pk]):
        url = reverse("staff_books:mend-days", args=[service.customer.number, 1, "credit"])
        key = f"{row.question}.{row.item}.{row.start}.{row.end}"
        staff.post(f"{url}?days={key}", {"reason": WHY})

    assert found() == []
    assert CreditNote.objects.count() == 2
    assert owes(service) == Decimal("890.32")  # 24 of 31 days of January with tax


def test_a_price_that_was_not_in_force_is_seen_and_billed_anew(service, staff, at):
    change = asked(service, priced_package("1500.00"), on=ON, at=at)
    approved(change, on=ON, at=at)
    assert found() == []
    with database.owner_connection(autocommit=True) as owner:  # as if a run had gone on beside it
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            'UPDATE billing_invoiceline SET explanation = explanation || \'{"price": "1000.00"}\''
            " WHERE span = '[2026-02-05,2026-03-05)' AND held_span IS NULL"
        )
    assert [row[1:] for row in found()] == [(*FEBRUARY, "billed at 1000.00 instead of 1500.00")]

    mend(staff, service, "anew")

    assert found() == []
    last = InvoiceLine.objects.order_by("-pk").first()
    assert (last.span.lower, last.net_amount) == (FEBRUARY[0], Decimal("1500.00"))


def test_a_discount_that_was_used_up_and_never_given_is_seen(service, staff):
    DiscountFactory(subscription=service, span=DateRange(*FEBRUARY), label="Sorry")
    assert [row[1:] for row in found()] == [(*FEBRUARY, "discount given: –; in force: Sorry")]

    mend(staff, service, "anew")

    assert found() == []
    assert InvoiceLine.objects.order_by("-pk").first().net_amount == Decimal("900.00")


def test_an_add_on_whose_month_was_never_billed_is_seen_and_billed(service, staff):
    SubscriptionAddonFactory(subscription=service, starts_on=FEBRUARY[0])
    assert [row[1:3] for row in found()] == [FEBRUARY]

    mend(staff, service, "bill")

    assert found() == []
    assert InvoiceLine.objects.order_by("-pk").first().net_amount == Decimal("150.00")


def test_days_somebody_skipped_are_accounted_for(at):
    from tests.laws.run_rivals import on_hold_skipped

    on_hold_skipped()()

    assert found() == []


def test_only_what_is_found_can_be_mended(service, staff):
    url = reverse("staff_books:mend-days", args=[service.customer.number, 1, "bill"])

    answer = staff.post(f"{url}?days=every.0.2026-01-01.2026-02-01", {"reason": WHY})

    assert answer.status_code == 404


def test_days_of_before_a_rise_are_billed_at_the_price_of_before(service, staff, at):
    PriceStep.objects.create(
        subscription=service,
        customer=service.customer,
        from_on=FEBRUARY[1],
        price_amount=Decimal("1200.00"),
    )
    cycle.run(on=date(2026, 2, 27), act=Act(None, at))
    assert InvoiceLine.objects.order_by("-pk").first().net_amount == Decimal("1200.00")
    voiding.void(
        invoice=Invoice.objects.get(kind="FIRST"),
        act=Act(None, at, on=ON, reason="sent to the wrong person"),
    )

    mend(staff, service, "bill")

    line = InvoiceLine.objects.get(invoice__kind="ADJUSTMENT")
    assert line.net_amount == Decimal("1000.00")
    assert found() == []


def test_what_was_billed_before_a_rise_was_decided_keeps_its_price(service, at):
    change = PriceChangeFactory(
        package=service.package,
        effective_from=date(2026, 2, 1),
        net_amount=Decimal("1200.00"),
        gross_amount=Decimal("1380.00"),
        scope=PriceChange.Scope.ALL,
    )
    price_changes.confirm(change=change, act=Act(None, at, on=ON))
    assert found() == []  # February stands billed at the price of before

    cycle.run(on=date(2026, 2, 27), act=Act(None, at))

    assert InvoiceLine.objects.order_by("-pk").first().net_amount == Decimal("1200.00")
    assert found() == []


def test_two_months_are_billed_as_two_with_the_discount_of_the_first_alone(service, staff, at):
    cycle.run(on=date(2026, 2, 27), act=Act(None, at))
    for invoice in Invoice.objects.order_by("pk")[:2]:
        voiding.void(invoice=invoice, act=Act(None, at, on=ON, reason="both to be written anew"))
    DiscountFactory(
        subscription=service, span=DateRange(date(2026, 1, 5), FEBRUARY[0]), rate=Decimal("0.5")
    )

    mend(staff, service, "bill")

    lines = InvoiceLine.objects.filter(invoice__kind="ADJUSTMENT").order_by("span")
    assert [line.net_amount for line in lines] == [Decimal("500.00"), Decimal("1000.00")]
    assert found() == []


def test_what_is_decided_meanwhile_is_decided(service, at):
    voiding.void(
        invoice=Invoice.objects.get(kind="FIRST"),
        act=Act(None, at, on=ON, reason="sent to the wrong person"),
    )
    days = Period(date(2026, 1, 5), FEBRUARY[0])
    common = {"subscription": service, "days": days, "reason": WHY, "at": at, "actor": None}
    coverage_service.leave_days(**acting(common))

    with pytest.raises(coverage_service.NothingToMend):
        coverage_service.bill_days(item=0, **acting(**common, on=ON))
    with pytest.raises(coverage_service.NothingToMend):
        coverage_service.leave_days(**acting(common))
