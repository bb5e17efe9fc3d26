"""Ways to pay: sealed, masked, removed softly, never two of them primary."""

import json

import psycopg
import pytest

from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.debits.services import methods, removing
from payments.debits.services.methods import MethodRefused
from payments.online.models import PaymentMethod
from tests.database import app_connection, owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "62001871234"


def add(customer, at, number=NUMBER, **values):
    given = {
        "kind": "BANK_ACCOUNT",
        "holder": "Rahim  Uddin",
        "bank": "FNB",
        "at": at,
        "actor": None,
        "details": {"number": number, "branch_code": "250655", "kind": "CURRENT"},
        **values,
    }
    return methods.add(customer=customer, **acting(given))


def primaries(customer):
    return list(
        PaymentMethod.objects.filter(customer=customer, is_primary=True).values_list(
            "pk", flat=True
        )
    )


def test_the_number_is_sealed_and_only_its_last_digits_are_shown(at):
    method = add(CustomerFactory(), at)

    assert (method.label, method.holder) == ("FNB ***1234", "Rahim Uddin")
    assert methods.details_of(method)["number"] == NUMBER
    row = PaymentMethod.objects.filter(pk=method.pk).values().get()
    assert NUMBER not in json.dumps(row, default=str)


def test_sealed_details_do_not_open_in_another_row(at):
    first, second = add(CustomerFactory(), at), add(CustomerFactory(), at)
    second.sealed_details = first.sealed_details

    with pytest.raises(crypto.Unreadable):
        methods.details_of(second)


def test_the_first_is_primary_and_another_takes_its_place_when_chosen_or_when_it_is_removed(at):
    customer, clerk = CustomerFactory(), UserFactory()
    first, second = add(customer, at), add(customer, at, number="4055667788")
    assert primaries(customer) == [first.pk]

    methods.make_primary(method=second, act=Act(clerk, at))
    assert primaries(customer) == [second.pk]

    removing.remove(method=second, act=Act(clerk, at))
    assert primaries(customer) == [first.pk]
    assert PaymentMethod.objects.filter(customer=customer).count() == 2


def test_the_same_account_is_kept_once_and_may_come_back_after_its_removal(at):
    customer = CustomerFactory()
    first = add(customer, at)
    with pytest.raises(MethodRefused):
        add(customer, at)

    removing.remove(method=first, act=Act(None, at))
    assert add(customer, at).is_primary


def test_a_removed_one_can_be_neither_chosen_nor_removed_again(at):
    method = add(CustomerFactory(), at)
    removing.remove(method=method, act=Act(None, at))

    for verb in (methods.make_primary, removing.remove):
        with pytest.raises(Stale):
            verb(method=method, act=Act(None, at))


@pytest.mark.parametrize("number", ["", "12", "   "])
def test_a_number_that_is_none_is_refused(at, number):
    with pytest.raises(MethodRefused):
        add(CustomerFactory(), at, number=number)


def test_eight_rivals_leave_one_primary(at):
    customer = CustomerFactory()
    ways = [add(customer, at, number=f"4055667{place}00") for place in range(4)]

    at_once(
        8, *[lambda way=way: methods.make_primary(method=way, act=Act(None, at)).pk for way in ways]
    )

    assert len(primaries(customer)) == 1


def test_the_database_itself_refuses_a_second_primary(at):
    customer = CustomerFactory()
    add(customer, at)
    second = add(customer, at, number="4055667788")
    update = "UPDATE payments_paymentmethod SET is_primary = true WHERE id = %s"

    with app_connection() as rival, pytest.raises(psycopg.errors.UniqueViolation):
        rival.execute(update, [second.pk])
    with owner_connection() as owner:
        owner.execute("DROP INDEX payment_method_one_primary")
        owner.execute(update, [second.pk])
        assert owner.execute(
            "SELECT count(*) FROM payments_paymentmethod WHERE is_primary"
        ).fetchone() == (2,)
        owner.rollback()


def test_rows_are_never_deleted_nor_given_to_somebody_else(at):
    method, other = add(CustomerFactory(), at), CustomerFactory()
    for change in (
        f"DELETE FROM payments_paymentmethod WHERE id = {method.pk}",
        f"UPDATE payments_paymentmethod SET customer_id = {other.pk} WHERE id = {method.pk}",
    ):
        with app_connection() as rival, pytest.raises(psycopg.errors.RestrictViolation):
            rival.execute(change)
