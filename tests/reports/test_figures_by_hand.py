"""A handful of services whose figures can be worked out with a pencil."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from billing.invoices.models import InvoiceLine
from billing.pricing.models import Discount
from billing.receivables.services import crediting, voiding
from customers.models import (
    Addon,
    Customer,
    Package,
    Subscription,
    SubscriptionAddon,
    TaxClass,
    TaxRate,
)
from customers.services import lifecycle
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.reports.models import DayFigure, FigureState, ServiceTerm
from ispbill.reports.queries import cohorts, figure_proofs, figures, outlook, rows
from ispbill.reports.queries.scope import Scope
from ispbill.reports.services.figures import build
from payments.desk.services import reversing
from tests.factories.billing import chart, scheduled
from tests.factories.customers import AreaFactory, PackageFactory
from tests.factories.payments import paid
from tests.laws import at_once
from tests.reports.conftest import bill, built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Scope()
WHY = "because the test says so"


def span(since, until, scope=ALL):
    return figures.span(since=since, until=until, scope=scope)


def change(service, *, on, **values):
    with transaction.atomic():
        trail.begin(act=Act(None, moment(on), reason=WHY))
        Subscription.objects.filter(pk=service.pk).update(**values)


def switch(verb, service, *, on, **values):
    service.refresh_from_db()
    getattr(lifecycle, verb)(
        subscription=service, on=on, act=Act(None, moment(on), reason=WHY), **values
    )


def suspend(service, *, on, is_billed=False):
    switch("suspend", service, on=on, kind="NON_PAYMENT", is_billed=is_billed, decision={})


def test_a_new_service_counts_from_its_first_day_at_its_share_of_a_month():
    serve(since=date(2025, 12, 10))
    serve("1000.00", cycle="QUARTERLY", since=date(2025, 12, 20))
    serve("1000.00", cycle="ANNUAL", since=date(2026, 1, 2))

    built(date(2026, 1, 9))
    december = span(date(2025, 12, 1), date(2025, 12, 31))

    assert december["new_amount"] == Decimal("1333.33")
    assert december.closing["monthly_amount"] == Decimal("1333.33")
    assert (december.closing["services"], december.closing["customers"]) == (2, 2)
    assert span(date(2026, 1, 1), date(2026, 1, 9)).closing["monthly_amount"] == Decimal("1416.66")
    assert FigureState.objects.get().built_until == date(2026, 1, 9)


def test_a_month_of_everything_that_can_happen(january):
    stays = serve("1000.00", since=date(2025, 11, 5))
    grows = serve("1000.00", since=date(2025, 11, 5))
    shrinks = serve("1500.00", since=date(2025, 11, 5))
    leaves = serve("700.00", since=date(2025, 11, 5))
    pauses = serve("300.00", since=date(2025, 11, 5))
    billed_off = serve("200.00", since=date(2025, 11, 5))
    change(grows, on=date(2026, 1, 5), price_amount=Decimal("1600.00"))
    change(shrinks, on=date(2026, 1, 6), price_amount=Decimal("1100.00"))
    switch("cancel", leaves, on=date(2026, 1, 7))
    suspend(pauses, on=date(2026, 1, 8))
    suspend(billed_off, on=date(2026, 1, 8), is_billed=True)
    switch("reactivate", pauses, on=date(2026, 1, 11))
    serve("250.00", since=date(2026, 1, 12), customer=stays.customer, line_no=2)
    serve("900.00", since=date(2026, 1, 13), customer=leaves.customer, line_no=2)

    built(date(2026, 2, 2))
    month = span(**january)

    assert month.opening["monthly_amount"] == Decimal("4700.00")
    assert month["new_amount"] == Decimal("250.00")
    assert month["expansion_amount"] == Decimal("600.00")
    assert month["contraction_amount"] == Decimal("400.00")
    assert (month["churned_amount"], month["paused_amount"]) == (700, 300)
    assert (month["returned_amount"], month["resumed_amount"]) == (900, 300)
    assert month.closing["monthly_amount"] == Decimal("5350.00")
    assert (month["added_count"], month["cancelled_count"], month.net_adds) == (2, 1, 1)
    assert (month.closing["services"], month.closing["customers"]) == (7, 6)
    assert month.churn == Decimal(100) / 6
    assert month.per_customer == Decimal("5350.00") / 6
    assert [one for one in figure_proofs.results(5) if one[2]] == []


def test_a_service_that_moves_leaves_one_part_and_arrives_in_the_other(january):
    here, there = AreaFactory(), AreaFactory()
    service = serve("1000.00", since=date(2025, 12, 5))
    with transaction.atomic():
        trail.begin(act=Act(None, moment(date(2025, 12, 20)), reason=WHY))
        Customer.objects.filter(pk=service.customer_id).update(area=here, branch=here.branch)
    with transaction.atomic():
        trail.begin(act=Act(None, moment(date(2026, 1, 20)), reason=WHY))
        Customer.objects.filter(pk=service.customer_id).update(area=there, branch=there.branch)

    built(date(2026, 1, 31))
    left = span(**january, scope=Scope(area_ids=(here.pk,)))
    arrived = span(**january, scope=Scope(branch_id=there.branch_id))

    assert (left["moved_amount"], left.closing["monthly_amount"]) == (-1000, 0)
    assert (arrived["moved_amount"], arrived.closing["monthly_amount"]) == (1000, 1000)
    assert arrived["new_amount"] == 0
    assert span(**january)["moved_amount"] == 0


def test_another_package_is_a_move_and_what_it_costs_more_is_expansion(january):
    other = PackageFactory()
    service = serve("1000.00", since=date(2025, 12, 5))
    change(service, on=date(2026, 1, 15), package=other, price_amount=Decimal("1500.00"))

    built(date(2026, 1, 31))
    parts = figures.by("package", **january, scope=ALL)

    assert parts[service.package_id]["moved_amount"] == Decimal("-1000.00")
    assert parts[service.package_id].closing["monthly_amount"] == 0
    assert parts[other.pk]["moved_amount"] == Decimal("1000.00")
    assert parts[other.pk]["expansion_amount"] == Decimal("500.00")


def test_discounts_and_add_ons_count_on_their_days(january):
    service = serve("1000.00", since=date(2025, 12, 5))
    common = {
        "subscription": service,
        "customer": service.customer,
        "reason": WHY,
        "granted_at": moment(date(2026, 1, 1)),
    }
    Discount.objects.create(
        **common,
        label="Ten",
        rate=Decimal("0.1"),
        is_stackable=True,
        span=(date(2026, 1, 5), date(2026, 1, 20)),
    )
    Discount.objects.create(
        **common,
        label="Fifty",
        amount=Decimal("50.00"),
        is_stackable=True,
        span=(date(2026, 1, 5), date(2026, 1, 20)),
    )
    Discount.objects.create(
        **common, label="Alone", amount=Decimal("120.00"), span=(date(2026, 1, 5), None)
    )
    addon = Addon.objects.create(code="ip", name="Fixed address", price_amount="200.00")
    SubscriptionAddon.objects.create(
        subscription=service,
        customer=service.customer,
        addon=addon,
        quantity=2,
        price_amount="200.00",
        starts_on=date(2026, 1, 10),
        created_at=moment(date(2026, 1, 1)),
    )

    built(date(2026, 1, 31))
    terms = ServiceTerm.objects.order_by("starts_on").values_list("starts_on", "monthly_amount")

    assert list(terms) == [
        (date(2025, 12, 5), 1000),
        (date(2026, 1, 5), 850),  # 100 and 50 together are more than 120 alone
        (date(2026, 1, 10), 1250),
        (date(2026, 1, 20), 1280),  # 120 alone
    ]
    month = span(**january)
    assert (month["contraction_amount"], month["expansion_amount"]) == (150, 430)


def test_money_is_what_the_books_say_on_the_day_it_was_booked(january, at):
    chart()
    service = serve(since=date(2025, 12, 5))
    customer = service.customer
    bill(customer, "1000.00", "150.00", on=date(2026, 1, 2), subscription=service)
    void = bill(customer, "400.00", on=date(2026, 1, 3))
    voiding.void(
        invoice=void, act=Act(None, moment(date(2026, 1, 12)), on=date(2026, 1, 12), reason=WHY)
    )
    noted = bill(customer, "500.00", on=date(2025, 12, 20))
    line = InvoiceLine.objects.get(invoice=noted)
    for net, kind in (("200.00", "CREDIT"), ("100.00", "WRITE_OFF")):
        crediting.credit(
            invoice=noted,
            given=[crediting.Given(line=line, net=Decimal(net))],
            kind=kind,
            on=date(2026, 1, 15),
            act=Act(None, moment(date(2026, 1, 15)), reason=WHY),
        )
    paid(customer, "300.00", at=moment(date(2026, 1, 20)))
    wrong = paid(customer, "60.00", at=moment(date(2026, 1, 21)))
    reversing.reverse(payment=wrong, act=Act(None, moment(date(2026, 2, 1)), reason=WHY))

    built(date(2026, 2, 2))
    month = span(**january)

    assert (month["billed_net_amount"], month["billed_tax_amount"]) == (1000, 150)
    assert (month["credited_amount"], month["written_off_amount"]) == (200, 100)
    assert month.collected == Decimal("360.00")
    assert span(date(2026, 2, 1), date(2026, 2, 2)).collected == Decimal("-60.00")
    assert span(date(2026, 1, 3), date(2026, 1, 3)).billed == Decimal("400.00")
    by_package = figures.by("package", **january, scope=ALL)
    assert by_package[service.package_id].billed == Decimal("1150.00")
    assert at_once.broken() == []


def test_what_is_owed_is_told_by_its_age_as_it_was_on_the_day():
    chart()
    customer = serve(since=date(2025, 9, 1)).customer
    bill(customer, "10.00", on=date(2025, 9, 1), due=date(2025, 10, 31))  # 92 days on 31 Jan
    bill(customer, "20.00", on=date(2025, 9, 1), due=date(2025, 11, 2))  # 90
    bill(customer, "40.00", on=date(2025, 9, 1), due=date(2025, 12, 2))  # 60
    bill(customer, "80.00", on=date(2025, 9, 1), due=date(2026, 1, 1))  # 30
    bill(customer, "160.00", on=date(2025, 9, 1), due=date(2026, 1, 31))
    paid(customer, "35.00", at=moment(date(2026, 2, 3)))

    built(date(2026, 2, 3))
    january, february = figures.months(since=date(2026, 1, 1), until=date(2026, 2, 3), scope=ALL)

    names = ("not_due", "due_30", "due_60", "due_90", "due_older")
    assert [january[f"{name}_amount"] for name in names] == [160, 80, 40, 20, 10]
    assert [february[f"{name}_amount"] for name in names] == [0, 160, 80, 35, 0]
    assert at_once.broken() == []


def test_a_payment_without_a_service_is_still_in_the_figures():
    from tests.factories.customers import CustomerFactory

    chart()
    customer = CustomerFactory()
    paid(customer, "75.00", at=moment(date(2026, 1, 5)))

    built(date(2026, 1, 6))

    assert DayFigure.objects.get().collected_amount == Decimal("75.00")
    assert DayFigure.objects.get().package_id == 0
    assert at_once.broken() == []


def test_customers_count_in_the_cohort_they_began_in_for_as_long_as_they_stay():
    stays = serve(since=date(2025, 11, 5))
    leaves = serve(since=date(2025, 11, 20))
    serve(since=date(2025, 12, 5))
    suspend(stays, on=date(2025, 12, 30))
    switch("cancel", leaves, on=date(2026, 1, 10))

    built(date(2026, 1, 31))
    grid = cohorts.grid(since=date(2025, 11, 1), until=date(2026, 1, 31), scope=ALL)

    assert [(cohort.month, cohort.began) for cohort in grid] == [
        (date(2025, 11, 1), 2),
        (date(2025, 12, 1), 1),
    ]
    assert [left for _month, left in grid[0].kept] == [2, 2, 1]  # switched off is still there


def test_the_forecast_bills_what_the_plan_will_and_collects_as_before():
    chart()
    monthly = serve("1000.00", since=date(2025, 11, 5))
    yearly = serve("12000.00", cycle="ANNUAL", since=date(2025, 3, 5), billing_day=5)
    scheduled(monthly, billed_until=date(2026, 2, 5))
    scheduled(yearly, billed_until=date(2026, 3, 5))
    for month in (11, 12):
        bill(monthly.customer, "1000.00", on=date(2025, month, 1))
    paid(monthly.customer, "1000.00", at=moment(date(2025, 11, 10)))
    paid(monthly.customer, "500.00", at=moment(date(2025, 12, 10)))

    built(date(2026, 1, 10))
    this, coming, after = outlook.months(scope=ALL, built_until=date(2026, 1, 10))
    pattern = outlook.pattern(scope=ALL, built_until=date(2026, 1, 10))

    # Seven days ahead: the period of 5 February is billed on 29 January.
    assert (this.planned_net, this.planned_tax, this.periods) == (1000, 150, 1)
    assert (coming.planned_net, coming.periods) == (13000, 2)
    assert after.planned_net == 1000
    assert pattern.shares[0] == Decimal("0.75")
    assert coming.cash == Decimal("11212.50")  # three quarters of 14,950.00


def test_the_forecast_tells_rates_of_tax_apart_and_is_the_sum_of_its_rows():
    chart()
    half = TaxClass.objects.create(code="HALF", name="Half")
    TaxRate.objects.create(tax_class=half, effective_from=date(2025, 1, 1), rate=Decimal("0.05"))
    TaxRate.objects.create(tax_class=half, effective_from=date(2026, 2, 1), rate=Decimal("0.10"))
    plain, other, free = (serve("1000.00", since=date(2025, 11, 5)) for _one in range(3))
    Package.objects.filter(pk=other.package_id).update(tax_class=half)
    Customer.objects.filter(pk=free.customer_id).update(is_tax_exempt=True)
    for service in (plain, other, free):
        scheduled(service, billed_until=date(2026, 2, 5))

    built(date(2026, 1, 10))
    parts = [part for part in outlook.by_rate(scope=ALL) if part.month < date(2026, 3, 1)]

    # The bill of 29 January has the old rate, that of 26 February the new one.
    assert [(part.month.month, part.rate, part.net, part.tax) for part in parts] == [
        (1, Decimal("0.15"), 1000, 150),
        (1, Decimal("0.05"), 1000, 50),
        (1, 0, 1000, 0),
        (2, Decimal("0.15"), 1000, 150),
        (2, Decimal("0.10"), 1000, 100),
        (2, 0, 1000, 0),
    ]
    days = {"since": date(2026, 1, 1), "until": date(2026, 1, 10)}
    for part in parts:
        found = rows.of("forecast", scope=ALL, month=part.month, rate=part.rate, **days)
        assert (found.count, found.amount) == (part.periods, part.net)
    whole = rows.of("forecast", scope=ALL, month=date(2026, 2, 1), **days)
    assert (whole.count, whole.amount) == (3, 3000)
    month = outlook.months(scope=ALL, built_until=date(2026, 1, 10))[1]
    assert (month.planned_net, month.planned_tax) == (3000, 250)


def test_the_live_part_is_what_a_building_would_say():
    from ispbill.reports.queries import month, revenue

    today = date(2026, 1, 20)
    keeps = serve("1000.00", since=date(2025, 12, 5))
    goes = serve("500.00", since=date(2025, 12, 5))
    built(today - timedelta(days=1))
    change(keeps, on=today, price_amount=Decimal("1300.00"))
    switch("cancel", goes, on=today)
    serve("250.00", since=today)
    live = revenue.recurring(on=today)
    heads = month.headcount(on=today)

    built(today)
    after = revenue.recurring(on=today)

    assert (live.amount, live.customers, live.services) == (1550, 2, 2)
    assert (after.amount, after.customers, after.services) == (1550, 2, 2)
    assert (heads.won, heads.lost) == (1, 1)
    assert month.headcount(on=today) == heads


def test_building_looks_again_at_days_something_was_entered_late_for():
    service = serve("1000.00", since=date(2025, 12, 5))
    built(date(2026, 1, 20))
    serve("400.00", since=date(2025, 12, 28))

    result = build(until=date(2026, 1, 21), at=moment(date(2026, 1, 22)))

    assert result.since == date(2025, 12, 28)
    assert span(date(2025, 12, 1), date(2025, 12, 31)).closing["monthly_amount"] == 1400
    assert build(until=date(2026, 1, 22), at=moment(date(2026, 1, 23))).days == 3
    assert service.pk


def test_rebuilding_a_year_from_nothing_says_so(capsys):
    from django.core.management import call_command

    call_command("rebuild_figures")

    assert "nothing to tell of yet" in capsys.readouterr().out
    assert not FigureState.objects.exists()
