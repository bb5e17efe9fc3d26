"""What a payment costs, counted: the ceiling of statements (docs/performance.md, goal P8)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

STATEMENTS = 12  # with the beginning and the end of the transaction
STATEMENTS_OF_CASH = 12  # its till is asked with everything else that is looked at


def statements(**values):
    with CaptureQueriesContext(connection) as sent:
        settled = settlement.settle(Asked(**values))
    assert settled.is_new
    return [query["sql"] and query["sql"][:200] for query in sent.captured_queries]


@pytest.fixture
def asked(at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")
    open_invoice(customer, "500.00")
    clerk = UserFactory()
    paid(CustomerFactory(), "1.00", at=at, actor=clerk)  # the books' accounts and a shift are there
    return {
        "customer_id": customer.pk,
        "amount": Decimal("1200.00"),
        "received_by": clerk,
        "received_at": at,
        "act": Act(clerk, at),
        "key": "counted",
    }


def test_a_payment_costs_so_many_statements(asked):
    sent = statements(method="BKASH", **asked)

    assert len(sent) <= STATEMENTS, sent


def test_cash_costs_no_more(asked):
    sent = statements(method="CASH", **asked)

    assert len(sent) <= STATEMENTS_OF_CASH, sent
