"""The rows of the customers' list: by id, with only what is looked at."""

from datetime import date

import pytest

from customers.queries import list_rows
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_rows_come_in_the_order_asked_for_and_unknown_ids_are_left_out():
    karim, amina = CustomerFactory(name="Karim"), CustomerFactory(name="Amina")

    rows = list_rows.rows([karim.pk, 999_999_999, amina.pk])

    assert [row["name"] for row in rows] == ["Karim", "Amina"]


def test_a_row_names_the_living_services_in_their_order():
    customer = CustomerFactory()
    first = SubscriptionFactory(customer=customer, line_no=1)
    SubscriptionFactory(
        customer=customer, line_no=2, status="CANCELLED", cancelled_on=date(2026, 1, 10)
    )
    third = SubscriptionFactory(customer=customer, line_no=3)

    [row] = list_rows.rows([customer.pk])

    assert row["packages"] == [first.package.name, third.package.name]
    assert row["technologies"] == [first.technology, third.technology]


def test_only_the_extras_asked_for_are_looked_up():
    customer = CustomerFactory()

    [row] = list_rows.rows([customer.pk], extras=["area__name"])

    assert {name: row[name] for name in list_rows.EXTRAS if name in row} == {
        "area__name": customer.area.name
    }
