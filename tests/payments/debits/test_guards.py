"""What the database keeps out of mandates, batches, orders and statement lines, by itself."""

import psycopg
import pytest

from payments.models import DebitPart
from tests import database
from tests.factories import debit_rows
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

CASES = [
    ("mandate", "mandate_frozen", "mandate_moves_forward", "SET state = 'SENT'"),
    ("mandate", "mandate_frozen", "mandate_is_frozen", "SET ceiling_amount = 99999"),
    ("mandate", "mandate_frozen", "mandate_is_kept", ""),
    ("debitbatch", "debit_batch_frozen", "debit_batch_is_frozen",
     "SET total_amount = total_amount + 1"),
    ("debitbatch", "debit_batch_frozen", "debit_batch_moves_forward", "SET state = 'PROCESSED'"),
    ("debitbatch", "debit_batch_frozen", "debit_batch_is_kept", ""),
    ("debitorder", "debit_order_frozen", "debit_order_is_frozen", "SET amount = amount + 1"),
    ("debitorder", "debit_order_frozen", "debit_order_moves_forward", "SET state = 'ACCEPTED'"),
    ("debitorder", "debit_order_frozen", "debit_order_is_kept", ""),
    ("debitpart", "debit_part_frozen", "debit_part_is_frozen", "SET amount = amount + 1"),
    ("debitpart", "debit_part_frozen", "debit_part_is_frozen", "SET is_live = true"),
    ("debitpart", "debit_part_frozen", "debit_part_is_frozen", ""),
    ("debitstatementline", "debit_statement_line_frozen", "debit_statement_line_is_kept",
     "SET effect_amount = 11"),
    ("debitstatementline", "debit_statement_line_frozen", "debit_statement_line_is_kept", ""),
]  # fmt: skip


def test_each_guard_refuses_and_without_it_the_same_goes_through(at):
    debit_rows.unpaid(debit_rows.signed(CustomerFactory(), at=at), at=at)
    debit_rows.held_line(at=at)
    with database.owner_connection() as owner:
        for table, trigger, constraint, change in CASES:
            name = f"payments_{table}"
            statement = f"UPDATE {name} {change}" if change else f"DELETE FROM {name}"
            with pytest.raises(psycopg.errors.IntegrityError) as caught:
                owner.execute(statement)
            assert caught.value.diag.constraint_name == constraint, statement
            owner.rollback()
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER {trigger}")
            assert owner.execute(statement).rowcount == 1, statement
            owner.rollback()


def test_an_order_that_failed_frees_its_invoices(at):
    order = debit_rows.unpaid(debit_rows.signed(CustomerFactory(), at=at), at=at)

    assert list(DebitPart.objects.filter(order=order).values_list("is_live", flat=True)) == [False]


def test_an_invoice_is_in_one_live_order(at):
    order = debit_rows.unpaid(debit_rows.signed(CustomerFactory(), at=at), at=at)
    part = order.parts.get()
    again = (
        "INSERT INTO payments_debitpart (order_id, mandate_id, invoice_id, customer_id, amount,"
        " attempt, is_live) SELECT order_id, mandate_id, invoice_id, customer_id, amount, %s, true"
        " FROM payments_debitpart LIMIT 1"
    )
    with database.owner_connection() as owner:
        owner.execute("ALTER TABLE payments_debitpart DISABLE TRIGGER debit_part_frozen")
        owner.execute(again, [part.attempt + 1])
        with pytest.raises(psycopg.errors.UniqueViolation, match="invoice_debited_once"):
            owner.execute(again, [part.attempt + 2])
        owner.rollback()
