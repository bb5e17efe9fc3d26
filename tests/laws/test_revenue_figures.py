"""Random lives of services: the movements always explain the revenue, however it was built."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Subscription, Suspension
from customers.services import lifecycle
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.models import FigureState
from ispbill.reports.queries import figure_proofs, figures
from ispbill.reports.queries.scope import Scope
from ispbill.reports.services.figures import build
from tests import database
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEGIN = date(2026, 1, 20)
WHY = "because the law says so"
PRICES = ["0.07", "333.33", "1000.00", "1000.01"]
ACTS = ["activate", "suspend", "suspend_billed", "resume", "cancel", "price", "move", "package",
        "again", "cycle", "build"]  # fmt: skip

steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 20), st.integers(0, 3)),
    min_size=3,
    max_size=25,
)


class Company_:
    """Four services of three customers in two areas; acts on them, and a count kept by hand."""

    def __init__(self):
        database.empty()
        Company.forget_cached()
        self.areas = [AreaFactory(), AreaFactory()]
        self.packages = [PackageFactory(), PackageFactory()]
        self.on = BEGIN
        people = [CustomerFactory(area=self.areas[0], created_at=self.at) for _ in range(3)]
        for number in range(4):
            self.add(people[number % 3], number // 3 + 1)

    @property
    def at(self):
        return datetime(self.on.year, self.on.month, self.on.day, 4, tzinfo=UTC)

    def add(self, customer, line_no):
        return SubscriptionFactory(
            customer=customer,
            line_no=line_no,
            package=self.packages[0],
            status="PENDING",
            activated_on=None,
            created_at=self.at,
            price_amount=Decimal("1000.00"),
        )

    def act(self, what, which, days, choice):
        self.on += timedelta(days=days)
        service = Subscription.objects.select_related("customer").order_by("pk")[which]
        if what == "build":
            build(until=self.on - timedelta(days=1), at=self.at)
        elif what == "activate" and service.status == "PENDING":
            lifecycle.activate(subscription=service, act=Act(None, self.at, reason=WHY), on=self.on)
        elif what.startswith("suspend") and service.status == "ACTIVE":
            lifecycle.suspend(
                subscription=service,
                kind=Suspension.Kind.POLICY,
                on=self.on,
                is_billed=what == "suspend_billed",
                decision={},
                act=Act(None, self.at, reason=WHY),
            )
        elif what == "resume" and service.status == "SUSPENDED":
            lifecycle.reactivate(
                subscription=service, act=Act(None, self.at, reason=WHY), on=self.on
            )
        elif what == "cancel" and service.status in ("ACTIVE", "SUSPENDED", "PENDING"):
            lifecycle.cancel(subscription=service, act=Act(None, self.at, reason=WHY), on=self.on)
        elif what == "again" and service.status == "CANCELLED":
            lines = Subscription.objects.filter(customer=service.customer).count()
            if lines < 4:
                self.add(service.customer, lines + 1)
        else:
            self.change(what, service, choice)

    def change(self, what, service, choice):
        from django.db import transaction

        with transaction.atomic():
            trail.begin(act=Act(None, self.at, reason=WHY))
            mine = Subscription.objects.filter(pk=service.pk)
            if what == "price":
                mine.update(price_amount=Decimal(PRICES[choice]))
            elif what == "package":
                mine.update(package=self.packages[choice % 2])
            elif what == "cycle":
                mine.update(cycle=["MONTHLY", "QUARTERLY", "ANNUAL"][choice % 3])
            elif what == "move":
                area = self.areas[choice % 2]
                Customer.objects.filter(pk=service.customer_id).update(
                    area=area, branch=area.branch
                )

    def expected(self):
        """What counts now, straight from the services."""
        total = Decimal(0)
        for service in Subscription.objects.filter(status__in=["ACTIVE", "SUSPENDED"]):
            months = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUAL": 12}[service.cycle]
            spans = Suspension.objects.filter(subscription=service, ended_at=None)
            if not spans.filter(is_billed=False).exists():
                total += round_half_up(service.price_amount / months)
        return total


def round_half_up(amount):
    return amount.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def everything():
    found = {}
    for table in ("dayfigure", "monthfigure", "collectionfigure", "cohortfigure"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM reports_{table} t ORDER BY 1")
            found[table] = cursor.fetchall()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subscription_id, starts_on, ends_on, status, monthly_amount, branch_id,"
            " area_id, package_id, reseller_id FROM reports_serviceterm ORDER BY 1, 2"
        )
        found["terms"] = cursor.fetchall()
    return found


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_movements_explain_the_revenue_whatever_happened(history):
    company = Company_()
    for what, which, days, choice in history:
        company.act(what, which, days, choice)
    last = company.on
    company.on += timedelta(days=1)
    build(until=last, at=company.at)

    if not FigureState.objects.exists():
        return
    whole = figures.span(since=BEGIN, until=last, scope=Scope())
    assert [one for one in figure_proofs.results(20) if one[2]] == []
    assert whole.opening["monthly_amount"] == 0
    assert whole.closing["monthly_amount"] == whole.movement == company.expected()
    middle = BEGIN + (last - BEGIN) / 2
    early = figures.span(since=BEGIN, until=middle, scope=Scope())
    if middle < last:
        late = figures.span(since=middle + timedelta(days=1), until=last, scope=Scope())
        assert late.opening == early.closing
        assert late.closing == whole.closing
    for dimension in ("area", "package"):
        parts = figures.by(dimension, since=BEGIN, until=last, scope=Scope()).values()
        assert sum(part.closing["monthly_amount"] for part in parts) == company.expected()

    night_by_night = everything()
    build(until=last, at=company.at, since=date.min)
    assert everything() == night_by_night
    again = build(until=last, at=company.at)
    assert everything() == night_by_night
    assert again.until == last
