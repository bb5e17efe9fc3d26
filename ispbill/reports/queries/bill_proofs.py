"""Proofs about bills, the days they ask for, and credit notes (see `proofs`)."""

from ispbill.core.marking import gettext_noop
from ispbill.reports.queries.number_gaps import left_out

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "invoices_are_their_lines": (
        gettext_noop("Every issued invoice is the sum of its lines"),
        """SELECT coalesce(i.number, 'draft ' || i.id) FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(net_amount) AS net, sum(tax_amount) AS tax
                      FROM billing_invoiceline GROUP BY invoice_id) l ON l.invoice_id = i.id
           WHERE i.status <> 'DRAFT' AND (l.net IS DISTINCT FROM i.subtotal_amount
                                          OR l.tax IS DISTINCT FROM i.tax_amount)""",
    ),
    "invoices_are_booked": (
        gettext_noop("Every issued invoice is in the books with its total"),
        """SELECT i.number FROM billing_invoice i
           LEFT JOIN billing_journalentry e ON e.source_type = 'invoice' AND e.source_id = i.id
                AND e.kind = 'INVOICE'
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
           WHERE i.status <> 'DRAFT' AND p.amount IS DISTINCT FROM i.total_amount""",
    ),
    "voids_are_reversed": (
        gettext_noop("Every void invoice is reversed in the books"),
        """SELECT i.number FROM billing_invoice i
           JOIN billing_journalentry e ON e.source_type = 'invoice' AND e.source_id = i.id
                AND e.kind = 'INVOICE'
           LEFT JOIN billing_journalentry r ON r.reverses_id = e.id
           WHERE (i.status = 'VOID') <> (r.id IS NOT NULL)""",
    ),
    "days_billed_once": (
        gettext_noop("No day of a service is billed twice"),
        """SELECT 'service ' || subscription_id || ': ' || lower(held) FROM (
               SELECT subscription_id, held, lag(upper(held)) OVER (
                          PARTITION BY subscription_id, item ORDER BY lower(held)) AS before
               FROM (SELECT subscription_id, item, coalesce(held_span, span) AS held
                     FROM billing_invoiceline WHERE is_live AND span IS NOT NULL) h
               WHERE NOT isempty(held)) l
           WHERE before > lower(held)""",
    ),
    "schedules_follow_lines": (
        gettext_noop("No schedule stands before a day that is already billed"),
        """SELECT 'service ' || h.subscription_id FROM billing_schedule h
           JOIN (SELECT subscription_id, max(upper(span)) AS upto FROM billing_invoiceline
                 WHERE is_live AND span IS NOT NULL GROUP BY subscription_id) l
                ON l.subscription_id = h.subscription_id
           WHERE h.billed_until IS NULL OR h.billed_until < l.upto""",
    ),
    "numbers_without_gaps": (
        gettext_noop("Invoice numbers of a year run from 1 without a gap"),
        """SELECT 'INV-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 2) AS year, count(*) AS count,
                      max(split_part(number, '-', 3)::bigint) AS highest
               FROM billing_invoice WHERE number IS NOT NULL GROUP BY 1) n
           WHERE count + """
        + left_out(series="'INV'")
        + " <> highest",
    ),
    "credit_notes_are_their_lines": (
        gettext_noop(
            "Every credit note is the sum of its lines, all of its own invoice and customer"
        ),
        """SELECT n.number FROM billing_creditnote n
           LEFT JOIN (SELECT c.note_id, sum(c.net_amount) AS net, sum(c.tax_amount) AS tax,
                             min(l.invoice_id) AS low, max(l.invoice_id) AS high,
                             min(c.customer_id) AS first, max(c.customer_id) AS last
                      FROM billing_creditnoteline c JOIN billing_invoiceline l ON l.id = c.line_id
                      GROUP BY c.note_id) s ON s.note_id = n.id
           WHERE (n.net_amount, n.tax_amount, n.invoice_id, n.invoice_id, n.customer_id,
                  n.customer_id) IS DISTINCT FROM (s.net, s.tax, s.low, s.high, s.first, s.last)""",
    ),
    "credits_within_charges": (
        gettext_noop("No line is credited beyond what it charged, net and tax each"),
        """SELECT i.number || ': ' || l.description FROM billing_invoiceline l
           JOIN billing_invoice i ON i.id = l.invoice_id
           JOIN billing_creditnoteline c ON c.line_id = l.id
           GROUP BY l.id, i.id
           HAVING sum(c.net_amount) NOT BETWEEN least(l.net_amount, 0) AND greatest(l.net_amount, 0)
               OR sum(c.tax_amount) NOT BETWEEN least(l.tax_amount, 0) AND greatest(l.tax_amount, 0)""",
    ),
    "credited_is_the_sum_of_notes": (
        gettext_noop(
            "What is credited on an invoice is the sum of its credit notes, and of issued ones only"
        ),
        """SELECT coalesce(i.number, 'draft ' || i.id) FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(total_amount) AS total FROM billing_creditnote
                      GROUP BY invoice_id) n ON n.invoice_id = i.id
           WHERE i.credited_amount <> coalesce(n.total, 0)
              OR (n.total IS NOT NULL AND i.status <> 'OPEN')""",
    ),
    "credit_notes_are_booked": (
        gettext_noop("Every credit note is in the books with its total, once"),
        """SELECT n.number FROM billing_creditnote n
           LEFT JOIN billing_journalentry e ON e.source_type = 'credit_note' AND e.source_id = n.id
                AND e.kind = CASE n.kind WHEN 'WRITE_OFF' THEN 'WRITE_OFF' ELSE 'CREDIT_NOTE' END
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
           WHERE p.amount IS DISTINCT FROM -n.total_amount""",
    ),
    "credit_notes_without_gaps": (
        gettext_noop("Credit note numbers of a year run from 1 without a gap"),
        """SELECT 'CN-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 2) AS year, count(*) AS count,
                      max(split_part(number, '-', 3)::bigint) AS highest
               FROM billing_creditnote GROUP BY 1) n
           WHERE count + """
        + left_out(series="'CN'")
        + " <> highest",
    ),
    "decided_by_somebody_else": (
        gettext_noop("No correction above a limit was approved by the person who asked for it"),
        """SELECT 'approval ' || id FROM billing_approval WHERE decided_by_id = requested_by_id""",
    ),
}
