"""A handful of services whose figures can be worked out with a pencil."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ispbill.reports.models import DayFigure, FigureState, ServiceTerm
from ispbill.reports.queries import figures
from ispbill.reports.queries.scope import Scope
from ispbill.reports.services.figures import build
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Scope()


def moment(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def service(price="1000.00", *, since, **values):
    values.setdefault("created_at", moment(since))
    customer = values.pop("customer", None) or CustomerFactory(created_at=moment(since))
    return SubscriptionFactory(customer=customer, price_amount=price, activated_on=since, **values)


def built(until):
    return build(until=until, at=moment(until))


def test_a_new_service_counts_from_its_first_day(at):
    service(since=date(2025, 12, 10))
    service("3000.00", cycle="QUARTERLY", since=date(2025, 12, 20))

    built(date(2026, 1, 9))
    december = figures.span(since=date(2025, 12, 1), until=date(2025, 12, 31), scope=ALL)

    assert december["new_amount"] == Decimal("2000.00")
    assert december.closing["monthly_amount"] == Decimal("2000.00")
    assert (december.closing["services"], december.closing["customers"]) == (2, 2)
    assert FigureState.objects.get().built_until == date(2026, 1, 9)
    assert [t.status for t in ServiceTerm.objects.order_by("pk")] == ["ACTIVE", "ACTIVE"]
    assert DayFigure.objects.count() == 2
