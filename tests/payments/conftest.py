"""Every test of payments ends with books that balance and sums that agree."""

import pytest
from django.db import connection

_PROOFS = {
    "the books sum to zero": "SELECT sum(amount) FROM billing_posting HAVING sum(amount) <> 0",
    "a balance is the sum of its postings": """
        SELECT s.customer_id FROM customers_accountstate s
        LEFT JOIN (SELECT customer_id, sum(amount) AS amount FROM billing_posting
                   WHERE account_id = 1100 GROUP BY customer_id) p USING (customer_id)
        WHERE s.balance_amount <> coalesce(p.amount, 0)""",
    "a payment's allocated amount is the sum of what it holds": """
        SELECT p.id FROM billing_payment p
        LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM billing_allocation
                   WHERE released_at IS NULL GROUP BY payment_id) a ON a.payment_id = p.id
        WHERE p.allocated_amount <> coalesce(a.amount, 0)""",
    "an invoice's paid amount is the sum of what it is paid by": """
        SELECT i.id FROM billing_invoice i
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM billing_allocation
                   WHERE released_at IS NULL GROUP BY invoice_id) a ON a.invoice_id = i.id
        WHERE i.paid_amount <> coalesce(a.amount, 0)""",
    "each standing payment is booked once": """
        SELECT p.id FROM billing_payment p
        LEFT JOIN billing_journalentry e ON e.source_type = 'payment' AND e.source_id = p.id
        WHERE p.status IN ('COMPLETED', 'REVERSED')
        GROUP BY p.id, p.status
        HAVING count(e.id) <> CASE p.status WHEN 'REVERSED' THEN 2 ELSE 1 END""",
}


@pytest.fixture(autouse=True)
def _proven_books(request):
    yield
    if not request.node.get_closest_marker("django_db") or request.node.get_closest_marker(
        "without_guards"
    ):
        return
    with connection.cursor() as cursor:
        for law, query in _PROOFS.items():
            cursor.execute(query)
            assert cursor.fetchall() == [], law
