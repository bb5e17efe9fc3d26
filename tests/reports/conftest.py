"""Services and bills of a small company, dated to the day."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from ispbill.reports.services.figures import build
from tests.factories.customers import CustomerFactory, SubscriptionFactory


def moment(day, hour=4):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def serve(price="1000.00", *, since, customer=None, **values):
    """A service in use since a day, of a new customer unless one is given."""
    values.setdefault("created_at", moment(since))
    customer = customer or CustomerFactory(created_at=moment(since))
    return SubscriptionFactory(customer=customer, price_amount=price, activated_on=since, **values)


def bill(customer, net, tax="0.00", *, on, due=None, subscription=None):
    """An invoice of one line, issued on a day and due on it unless told otherwise."""
    line = NewLine(
        kind="FEE",
        description="Internet",
        amount=Taxed(Decimal(net), Decimal(tax)),
        tax_rate=Decimal("0.15") if Decimal(tax) else Decimal(0),
        subscription=subscription,
    )
    return invoicing.issue(
        customer=customer,
        lines=[line],
        kind="ONE_OFF",
        due_date=due or on,
        on=on,
        act=Act(None, moment(on)),
    )


def built(until):
    return build(until=until, at=moment(until))


@pytest.fixture
def january():
    """A month looked at as a whole."""
    from datetime import date

    return {"since": date(2026, 1, 1), "until": date(2026, 1, 31)}
