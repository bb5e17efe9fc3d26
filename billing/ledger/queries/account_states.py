"""What the ledger, the invoices and the schedules say a customer's account state should be."""

# One row a customer; compared by `check_ledger`, written by `account_states.refresh`.
EXPECTED = """
    SELECT c.id AS customer_id,
           coalesce(p.balance, 0) AS balance_amount,
           i.due_date AS oldest_due_date,
           h.billed_until AS next_billing_date
    FROM customers_customer c
    LEFT JOIN LATERAL (SELECT sum(amount) AS balance FROM billing_posting
                       WHERE customer_id = c.id AND account_id = 1100) p ON true
    LEFT JOIN LATERAL (SELECT min(due_date) AS due_date FROM billing_invoice
                       WHERE customer_id = c.id AND status = 'OPEN' AND amount_due > 0) i ON true
    LEFT JOIN LATERAL (SELECT min(h.billed_until) AS billed_until FROM billing_schedule h
                       JOIN customers_subscription s ON s.id = h.subscription_id
                       WHERE h.customer_id = c.id AND s.status <> 'CANCELLED') h ON true
"""
