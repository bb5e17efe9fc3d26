"""What was due of the bills of some days, and how much of that stood paid: collection's one source.

A bill counts where it is due: issued and not void by the cut-off, postpaid, less its credit notes
until then. A write-off is no credit note here: what is given up was due. Paid is what payments held
on it at the cut-off, money paid in advance included, at most what was due of it.
"""

# One row a bill due from `since` to `until`, as it stood at the end of the day `ends`. Bind zone.
DUE = """
    SELECT i.id AS invoice_id, i.branch_id, i.customer_id, NULL::bigint AS subscription_id,
           i.issued_on AS day, i.due_date, i.total_amount - coalesce(c.given, 0) AS due,
           least(coalesce(a.held, 0), i.total_amount - coalesce(c.given, 0)) AS paid
    FROM billing_invoice i
    LEFT JOIN LATERAL (
        SELECT sum(p.amount) AS held FROM billing_allocation p
        WHERE p.invoice_id = i.id AND p.at < ({ends}::date + 1)::timestamp AT TIME ZONE %(zone)s
          AND (p.released_at IS NULL
               OR p.released_at >= ({ends}::date + 1)::timestamp AT TIME ZONE %(zone)s)
    ) a ON true
    LEFT JOIN LATERAL (
        SELECT sum(n.total_amount) AS given FROM billing_creditnote n
        WHERE n.invoice_id = i.id AND n.kind = 'CREDIT' AND n.issued_on <= {ends}
    ) c ON true
    WHERE i.due_date >= {since} AND i.due_date <= {until} AND i.issued_on <= {ends}
      AND NOT EXISTS (
        SELECT FROM billing_journalentry e
        WHERE e.source_type = 'invoice' AND e.source_id = i.id AND e.kind = 'REVERSAL'
          AND e.posted_on <= {ends})
      AND NOT EXISTS (
        SELECT FROM billing_invoiceline l JOIN customers_subscription s ON s.id = l.subscription_id
        WHERE l.invoice_id = i.id AND s.mode = 'PREPAID')
"""


def due(*, since: str, until: str, ends: str) -> str:
    """Return the query for these SQL expressions of dates."""
    return DUE.format(since=since, until=until, ends=ends)
