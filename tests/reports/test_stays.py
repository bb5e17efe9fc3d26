"""Who joined, who left and who came back: the worked example, and what counts as away."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.pricing.models import Discount
from ispbill.reports.models import Stay
from ispbill.reports.queries import definitions, rows, stays
from ispbill.reports.queries.scope import Scope
from tests.factories.accounts import UserFactory
from tests.factories.billing import chart
from tests.reports.conftest import built, moment, serve
from tests.reports.test_figures_by_hand import WHY, change, suspend, switch

pytestmark = pytest.mark.django_db(transaction=True)

BEGUN = date(2025, 11, 5)


@pytest.fixture
def set_t(january):
    """The services of the rules' example: A to F, in January."""
    chart()
    a = serve("1000.00", since=BEGUN)
    b = serve("3000.00", cycle="QUARTERLY", since=BEGUN)
    c = serve("9600.00", cycle="ANNUAL", since=BEGUN)
    d = serve("1500.00", since=BEGUN)
    e = serve("600.00", since=BEGUN)
    Discount.objects.create(
        subscription=d,
        customer_id=d.customer_id,
        rate=Decimal("0.10"),
        label="Welcome",
        reason=WHY,
        granted_at=moment(BEGUN),
        span=(BEGUN, date(2026, 1, 16)),
    )
    suspend(e, on=date(2025, 12, 20))
    switch("reactivate", e, on=date(2026, 1, 5))
    serve("1200.00", since=date(2026, 1, 10))
    change(a, on=date(2026, 1, 20), price_amount=Decimal("700.00"))
    switch("cancel", c, on=date(2026, 1, 25), left_because="MOVED")
    suspend(b, on=date(2026, 1, 28))
    return january


def value(key, days, scope=None):
    return definitions.value(key, **days, scope=scope or Scope())


def test_the_worked_example(set_t):
    built(date(2026, 2, 26))  # B is away for thirty days at its end: final on the 27th

    assert {
        key: value(key, set_t)
        for key in (
            "mrr",
            "arpu",
            "quick_ratio",
            "customers_joined",
            "customers_left",
            "came_back",
            "net_customers",
            "customer_churn",
            "revenue_churn",
        )
    } == {
        "mrr": Decimal("4000.00"),
        "arpu": Decimal("1000.00"),
        "quick_ratio": Decimal("1.23"),
        "customers_joined": 1,
        "customers_left": 2,
        "came_back": 0,
        "net_customers": -1,
        "customer_churn": Decimal("40.0"),
        "revenue_churn": Decimal("43.4"),
    }
    assert stays.causes(**set_t, scope=Scope()) == {
        "MOVED": (1, Decimal("800.00")),
        "NON_PAYMENT": (1, Decimal("1000.00")),
    }


def test_the_last_thirty_days_are_not_final(set_t):
    built(date(2026, 2, 25))

    found = stays.of(**set_t, scope=Scope())

    assert (found.left, found.away) == (1, 1)
    assert rows.of("away", **set_t, scope=Scope()).count == 1


@pytest.mark.parametrize(("days", "stays_of"), [(29, 1), (30, 2)])
def test_who_is_back_on_the_thirtieth_day_never_left(days, stays_of):
    service = serve(since=BEGUN)
    away = date(2026, 1, 10)
    suspend(service, on=away)
    switch("reactivate", service, on=away + timedelta(days=days))

    built(date(2026, 3, 1))

    found = list(Stay.objects.order_by("stay_no").values_list("stay_no", "left_on"))
    assert found == ([(1, None)] if stays_of == 1 else [(1, away), (2, None)])


@pytest.mark.parametrize("kind", ["CUSTOMER_REQUEST", "TECHNICAL", "OTHER"])
def test_a_break_of_ones_own_is_no_leaving(kind):
    service = serve(since=BEGUN)
    switch("suspend", service, on=date(2026, 1, 1), kind=kind, is_billed=False, decision={})

    built(date(2026, 3, 1))

    assert Stay.objects.get().left_on is None


def test_who_has_another_service_stays():
    first = serve(since=BEGUN)
    serve(since=date(2026, 1, 3), customer=first.customer, line_no=2)
    switch("cancel", first, on=date(2026, 1, 5))

    built(date(2026, 3, 1))

    assert Stay.objects.get().left_on is None


def test_a_cut_line_that_is_cancelled_later_left_with_the_cut():
    service = serve(since=BEGUN)
    suspend(service, on=date(2026, 1, 1))
    switch("cancel", service, on=date(2026, 1, 20), left_because="OWN_WISH")

    built(date(2026, 3, 1))

    left = Stay.objects.get()
    assert (left.left_on, left.left_because) == (date(2026, 1, 1), "NON_PAYMENT")


def test_who_joins_and_leaves_within_the_days_is_told_apart(january):
    serve(since=BEGUN)
    short = serve(since=date(2026, 1, 4))
    switch("cancel", short, on=date(2026, 1, 9))

    built(date(2026, 3, 1))

    found = stays.of(**january, scope=Scope())
    assert (found.then, found.left, found.left_of_then, found.churn) == (1, 1, 0, Decimal("0.0"))


def test_branches_add_up_to_the_company(set_t):
    built(date(2026, 3, 1))

    names = ("customers_joined", "customers_left", "came_back", "net_customers")
    branches = set(Stay.objects.values_list("branch_id", flat=True))
    for key in names:
        parts = sum(value(key, set_t, Scope(branch_id=branch)) for branch in branches)
        assert parts == value(key, set_t)


def test_the_report_says_who_left_and_why(client, set_t):
    built(date(2026, 2, 26))
    client.force_login(UserFactory())

    query = {"period": "own", "since": "2026-01-01", "until": "2026-01-31"}
    page = client.get(reverse("staff_reports:revenue-growth"), query).content.decode()
    behind = client.get(reverse("staff_reports:revenue-rows"), query | {"what": "left"})

    assert "Why customers left" in page
    assert "Moved away" in page
    assert "40.0 %" in page
    assert "Unpaid" in behind.content.decode()
