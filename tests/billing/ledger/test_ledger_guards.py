"""The books refuse, in the database, what must not be."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.ledger.models import JournalEntry, Posting
from customers.models import AccountState
from tests.factories.billing import chart
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer():
    chart()
    return CustomerFactory()


def entry(customer, at, source_id=1):
    return JournalEntry.objects.create(
        kind="INVOICE",
        source_type="test",
        source_id=source_id,
        posted_on=at.date(),
        at=at,
        branch=customer.branch,
        customer=customer,
    )


def post(entry, customer, *amounts, first=1):
    Posting.objects.bulk_create(
        [
            Posting(
                entry=entry,
                line_no=number,
                account_id=1100 if number == 1 else 4000,
                customer=customer if number == 1 else None,
                amount=Decimal(amount),
            )
            for number, amount in enumerate(amounts, start=first)
        ]
    )


def test_a_balanced_entry_is_kept_and_moves_the_customers_balance(customer, at):
    with transaction.atomic():
        post(entry(customer, at), customer, "1150.00", "-1150.00")

    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("1150.00")


def test_an_unbalanced_entry_is_refused(customer, at):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(entry(customer, at), customer, "1150.00", "-1149.99")


def test_an_entry_of_one_posting_is_refused(customer, at):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(entry(customer, at), customer, "1150.00")


def test_an_empty_entry_is_refused_at_commit(customer, at):
    with pytest.raises(IntegrityError, match="journal_entry_is_not_empty"), transaction.atomic():
        entry(customer, at)


def test_an_entry_takes_no_more_postings_later(customer, at):
    with transaction.atomic():
        made = entry(customer, at)
        post(made, customer, "10.00", "-10.00")

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(made, customer, "5.00", "-5.00", first=3)


def test_one_fact_is_booked_once(customer, at):
    with transaction.atomic():
        post(entry(customer, at), customer, "10.00", "-10.00")

    with pytest.raises(IntegrityError, match="journal_entry_once_per_fact"), transaction.atomic():
        post(entry(customer, at), customer, "10.00", "-10.00")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_posting SET amount = 1",
        "DELETE FROM billing_posting",
        "TRUNCATE billing_posting CASCADE",
        "UPDATE billing_journalentry SET memo = 'x'",
        "DELETE FROM billing_journalentry",
    ],
)
def test_the_journal_is_append_only_even_for_its_owner(customer, at, statement):
    from tests.database import owner_connection

    with transaction.atomic():
        post(entry(customer, at), customer, "10.00", "-10.00")

    with (
        pytest.raises(DatabaseError, match="append-only|permission"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with owner_connection() as owner, pytest.raises(Exception, match="append-only"):
        owner.execute(statement)


def test_a_posting_of_another_customer_than_its_entry_is_refused(customer, at):
    other = CustomerFactory()

    with pytest.raises(IntegrityError, match="is not there"), transaction.atomic():
        post(entry(customer, at), other, "10.00", "-10.00")


@pytest.mark.parametrize("field", ["account_id", "entry_id"])
def test_a_posting_to_nowhere_is_refused(customer, at, field):
    with pytest.raises(IntegrityError, match="is not there"), transaction.atomic():
        made = entry(customer, at)
        lines = [
            Posting(entry=made, line_no=1, account_id=4000, amount=Decimal("1.00")),
            Posting(entry=made, line_no=2, account_id=4100, amount=Decimal("-1.00")),
        ]
        for line in lines:
            setattr(line, field, 9999)
        Posting.objects.bulk_create(lines)


@pytest.mark.parametrize("table", ["billing_account", "accounts_branch", "billing_billingrun"])
def test_what_the_books_refer_to_is_never_removed(customer, table):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
