"""Whether what a run has written is what was approved, customer by customer."""

from ispbill.core import statements

# The digest is that of `billing.run.queries.preview`, from the lines themselves.
_DIFFERENT = """
    WITH written AS (
        SELECT i.customer_id,
               md5(string_agg(concat_ws('|', l.subscription_id, l.item, lower(l.span),
                   upper(l.span), l.unit_amount, l.discount_amount, l.net_amount, l.tax_rate,
                   l.tax_amount, i.due_date), ';'
                   ORDER BY l.subscription_id, l.item, lower(l.span))) AS digest
        FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
        WHERE i.run_id = %(run)s AND i.customer_id > %(after)s AND i.customer_id <= %(upto)s
        GROUP BY i.customer_id
    ), approved AS (
        SELECT customer_id, digest FROM billing_dryrunpart
        WHERE dry_run_id = %(dry_run)s AND kind = 'BILL'
          AND customer_id > %(after)s AND customer_id <= %(upto)s
    )
    SELECT customer_id FROM written FULL JOIN approved USING (customer_id)
    WHERE written.digest IS DISTINCT FROM approved.digest ORDER BY customer_id
"""


def differences(dry_run_id: int, *, run_id: int, after: int, upto: int) -> list[int]:
    """Return the customers in (after, upto] whose written lines are not those approved."""
    rows = statements.read(
        _DIFFERENT, {"dry_run": dry_run_id, "run": run_id, "after": after, "upto": upto}
    )
    return [row[0] for row in rows]
