"""The one look before a payment says what the queries say that other pages ask."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from psycopg.types.range import Range

from billing.dunning.queries import remaining
from billing.prepaid.models import RenewalChoice
from billing.prepaid.queries import prepaid as prepaid_queries
from billing.receivables.services import admission
from billing.receivables.services.admission import Asked
from customers.models import Suspension
from ispbill.core.acts import Act
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import prepaid

pytestmark = pytest.mark.django_db(transaction=True)


def asked(customer, at, **values):
    given = {
        "amount": Decimal("10.00"),
        "method": "BKASH",
        "received_by": None,
        "received_at": at,
        "key": f"looked:{customer.pk}",
        "act": Act(None, at),
        **values,
    }
    return Asked(customer_id=customer.pk, **given)


def look(*customers, at):
    with transaction.atomic():
        return admission.look([asked(customer, at) for customer in customers])


def suspended(kind, *, ended_at=None):
    service = SubscriptionFactory(
        status="SUSPENDED", suspended_at=datetime(2026, 1, 9, 4, tzinfo=UTC)
    )
    Suspension.objects.create(
        subscription=service,
        customer=service.customer,
        kind=kind,
        started_at=service.suspended_at,
        span=Range(date(2026, 1, 9), date(2026, 1, 10) if ended_at else None),
        ended_at=ended_at,
        reason="unpaid past the days of grace",
    )
    return service.customer


def turned_off(until):
    service = prepaid(until=until)
    RenewalChoice.objects.create(
        subscription=service,
        customer=service.customer,
        is_on=False,
        changed_at=datetime(2026, 1, 9, 4, tzinfo=UTC),
    )
    return service.customer


def test_which_payments_may_move_services(at):
    on = at.date()
    customers = {
        "nothing": CustomerFactory(),
        "postpaid": SubscriptionFactory().customer,
        "cut off": suspended("NON_PAYMENT"),
        "was cut off": suspended("NON_PAYMENT", ended_at=at),
        "cut off for another reason": suspended("TECHNICAL"),
        "time over": prepaid(until=on).customer,
        "time not over": prepaid(until=date(2026, 1, 25)).customer,
        "closed": prepaid(until=date(2026, 1, 5), status="SUSPENDED").customer,
        "does not renew itself": turned_off(on),
    }

    known = dict(zip(customers, look(*customers.values(), at=at), strict=True))

    by_queries = {
        name: remaining.is_cut_off(customer.pk)
        or prepaid_queries.due_to_renew(on=on).filter(customer=customer).exists()
        for name, customer in customers.items()
    }
    assert {name: one.moves_services for name, one in known.items()} == by_queries
    assert [name for name, moves in by_queries.items() if moves] == [
        "cut off",
        "time over",
        "closed",
    ]


def test_what_is_known_is_each_customer_s_own_in_the_order_asked(at):
    first, second = CustomerFactory(), CustomerFactory(email="second@example.com")

    known = look(second, first, at=at)

    assert [one.customer for one in known] == [second, first]
    assert known[0].customer.email == "second@example.com"
    assert known[0].customer.address == second.address  # not looked at: read when it is asked for
