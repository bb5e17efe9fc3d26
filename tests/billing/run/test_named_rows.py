"""What entries, bills and lines name is there and stays there (docs/adr/0032-looked-up-once.md)."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from billing.invoices.models import Invoice, InvoiceLine
from billing.ledger.models import JournalEntry
from billing.run.services import cycle
from customers.models import AccountState
from ispbill.core.acts import Act
from tests.database import app_connection, owner_connection
from tests.factories.billing import chart, scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = 999_999
ENTRIES = """
    INSERT INTO billing_journalentry (id, kind, source_type, source_id, posted_on, at, branch_id,
        customer_id, memo, reverses_id, first_line)
    SELECT 7000 + n, 'INVOICE', 'test', n, '2026-01-10', now(), %(branch)s, customer_id, '',
           reverses_id, NULL
    FROM unnest(%(customers)s::bigint[], %(undone)s::bigint[]) WITH ORDINALITY
         AS x (customer_id, reverses_id, n)
"""
WITH_POSTINGS = f"""
    WITH entries AS ({ENTRIES})
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    SELECT 7000 + n, v.line_no, v.account_id, v.customer_id, v.amount
    FROM unnest(%(customers)s::bigint[]) WITH ORDINALITY AS x (customer_id, n),
         LATERAL (VALUES (1, 1100, x.customer_id, 5), (2, 4000, NULL::bigint, -5))
             AS v (line_no, account_id, customer_id, amount)
"""


@pytest.fixture
def customer():
    chart()
    return CustomerFactory()


def write(customers, *, branch, undone=None, statement=WITH_POSTINGS):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"customers": customers, "undone": undone or [None] * len(customers), "branch": branch},
        )


def draft(customer_id, branch_id):
    return Invoice(
        customer_id=customer_id,
        branch_id=branch_id,
        due_date=date(2026, 1, 10),
        currency="BDT",
        subtotal_amount=Decimal(0),
        tax_amount=Decimal(0),
        total_amount=Decimal(0),
    )


def line(invoice, subscription_id):
    return InvoiceLine(
        invoice=invoice,
        customer_id=invoice.customer_id,
        subscription_id=subscription_id,
        kind="ADJUSTMENT",
        description="x",
        unit_amount=Decimal(5),
        net_amount=Decimal(5),
        tax_rate=Decimal(0),
        tax_amount=Decimal(0),
        account_id=4000,
    )


def test_entries_and_their_postings_are_written_by_one_statement(customer):
    write([customer.pk, customer.pk], branch=customer.branch_id)

    assert JournalEntry.objects.count() == 2
    assert AccountState.objects.get(customer=customer).balance_amount == 10


def test_an_entry_that_says_its_postings_come_with_it_is_refused_without_them(customer):
    # Inside a transaction: refused by the statement, not by the commit.
    with transaction.atomic(), pytest.raises(IntegrityError, match="has no postings"):
        write([customer.pk], branch=customer.branch_id, statement=ENTRIES)


def test_one_entry_among_others_of_a_customer_who_is_not_there_is_refused(customer):
    with pytest.raises(IntegrityError, match="names a customer that is not there"):
        write([customer.pk, NOBODY, customer.pk], branch=customer.branch_id)


def test_one_entry_among_others_that_undoes_what_is_not_there_is_refused(customer):
    with pytest.raises(IntegrityError, match="undoes one that is not there"):
        write([customer.pk, customer.pk], undone=[None, NOBODY], branch=customer.branch_id)


def test_an_entry_is_undone_once(customer):
    write([customer.pk], branch=customer.branch_id)
    later = WITH_POSTINGS.replace("7000 + n", "8000 + n").replace("'test', n", "'later', n")

    with pytest.raises(IntegrityError, match="journal_entry_undone_once"):
        write(
            [customer.pk, customer.pk],
            undone=[7001, 7001],
            branch=customer.branch_id,
            statement=later,
        )


def test_one_bill_among_others_of_a_customer_who_is_not_there_is_refused(customer):
    bills = [draft(pk, customer.branch_id) for pk in (customer.pk, NOBODY, customer.pk)]

    with pytest.raises(IntegrityError, match="names a customer"), transaction.atomic():
        Invoice.objects.bulk_create(bills)


def test_one_line_among_others_of_a_service_that_is_not_there_is_refused(customer):
    service = SubscriptionFactory(customer=customer)
    bill = draft(customer.pk, customer.branch_id)
    bill.save()
    lines = [line(bill, pk) for pk in (None, service.pk, NOBODY)]

    with pytest.raises(IntegrityError, match="a service that does not exist"), transaction.atomic():
        InvoiceLine.objects.bulk_create(lines)


def test_a_draft_is_given_to_another_customer_only_when_he_is_there(customer):
    other = CustomerFactory()
    bill = draft(customer.pk, customer.branch_id)
    bill.save()

    Invoice.objects.filter(pk=bill.pk).update(customer=other)
    with pytest.raises(IntegrityError, match="names a customer"), transaction.atomic():
        Invoice.objects.filter(pk=bill.pk).update(customer_id=NOBODY)

    assert Invoice.objects.get().customer_id == other.pk


def test_a_draft_s_line_goes_to_another_service_only_when_it_is_there(customer):
    service = SubscriptionFactory(customer=customer)
    bill = draft(customer.pk, customer.branch_id)
    bill.save()
    made = line(bill, None)
    made.save()

    InvoiceLine.objects.filter(pk=made.pk).update(subscription=service)
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        InvoiceLine.objects.filter(pk=made.pk).update(subscription_id=NOBODY)

    assert InvoiceLine.objects.get().subscription_id == service.pk


@pytest.mark.parametrize("table", ["customers_customer", "customers_subscription"])
@pytest.mark.parametrize(
    "change", ["DELETE FROM {}", "UPDATE {} SET id = 5", "TRUNCATE {} CASCADE"]
)
def test_customers_and_services_stay_whoever_asks(customer, table, change):
    SubscriptionFactory(customer=customer)

    with owner_connection() as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(change.format(table))


def test_a_customer_somebody_has_not_committed_yet_is_not_there(customer):
    """What is seen was committed, or is our own: nobody rolls it back from under a bill."""
    columns = ", ".join(
        f'"{field.column}"' for field in customer._meta.local_concrete_fields if not field.generated
    )
    write_him = (
        f"INSERT INTO customers_customer ({columns}) SELECT {columns} FROM jsonb_populate_record("
        "NULL::customers_customer, (SELECT to_jsonb(c) FROM customers_customer c) ||"
        f' \'{{"id": {NOBODY}, "number": "CT-2026-99999", "phone": "+8801700000099",'
        f' "seal_id": "6d9cfbd4-5a4f-4f52-9d0c-3f2f6f9a0b11"}}\')'
    )

    with app_connection() as rival:
        rival.execute(write_him)
        with pytest.raises(IntegrityError, match="names a customer"), transaction.atomic():
            draft(NOBODY, customer.branch_id).save()
        rival.rollback()
        with pytest.raises(IntegrityError, match="names a customer"), transaction.atomic():
            draft(NOBODY, customer.branch_id).save()
        rival.execute(write_him)
        rival.commit()
    draft(NOBODY, customer.branch_id).save()

    assert Invoice.objects.get().customer_id == NOBODY


def test_what_is_rolled_back_takes_along_what_named_it(customer):
    with transaction.atomic():
        point = transaction.savepoint()
        other = CustomerFactory()
        draft(other.pk, customer.branch_id).save()
        transaction.savepoint_rollback(point)

    assert not Invoice.objects.exists()


def test_dates_laid_out_for_one_customer_leave_the_balance_of_another_to_move_alone(customer):
    free, other = CustomerFactory(), CustomerFactory()
    AccountState.objects.filter(customer=other).update(next_billing_date=date(2026, 3, 5))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE billing_new_dates ON COMMIT DROP AS SELECT * FROM (VALUES"
            " (%s::bigint, '2026-02-05'::date, '2026-01-10'::date), (%s, '2026-02-06', NULL))"
            " AS v (customer_id, next_on, due_date)",
            [customer.pk, free.pk],
        )
        write([customer.pk, other.pk, customer.pk], branch=customer.branch_id)

    rows = {
        row["customer_id"]: (
            row["balance_amount"],
            row["next_billing_date"],
            row["oldest_due_date"],
        )
        for row in AccountState.objects.values()
    }
    assert rows == {
        customer.pk: (10, date(2026, 2, 5), date(2026, 1, 10)),
        free.pk: (0, date(2026, 2, 6), None),
        other.pk: (5, date(2026, 3, 5), None),
    }


def test_a_billing_run_leaves_no_lock_in_the_rows_of_customers_and_services(customer, at):
    """A foreign key would write one into each, and the log would have it."""
    for number in range(3):
        scheduled(
            SubscriptionFactory(customer=customer, line_no=number + 1, connection_id=f"c{number}"),
            billed_until=date(2026, 1, 5),
        )

    def rows():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, ctid::text, xmin::text, xmax::text FROM customers_customer UNION ALL"
                " SELECT id, ctid::text, xmin::text, xmax::text FROM customers_subscription"
                " ORDER BY 1, 2"
            )
            return cursor.fetchall()

    before = rows()
    cycle.run(on=date(2026, 1, 5), act=Act(None, at))

    assert Invoice.objects.count() == 1
    assert rows() == before
