"""What the database keeps out of debit orders; each trigger alone is in laws/test_money_guards."""

import psycopg
import pytest

from payments.debits.models import DebitPart
from tests import database
from tests.factories import debit_rows
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


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
