"""Tell customers about a bill: queued in the outbox."""

from datetime import datetime

from ispbill.core.models import Company
from ispbill.notifications.services import bulk

# Columns in the order `bulk.enqueue_select` wants them: dedup, phone, email, language, context,
# customer, user, wants_sms, wants_whatsapp, wants_email.
BILL = """
    SELECT {dedup}, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'invoice', i.number,
               'amount', i.amount_due::text, 'due_date', i.due_date::text,
               'period', coalesce((SELECT lower(l.span)::text || '/' || upper(l.span)::text
                                   FROM billing_invoiceline l
                                   WHERE l.invoice_id = i.id AND l.span IS NOT NULL
                                   ORDER BY l.id LIMIT 1), ''),
               'balance', t.balance_amount::text,
               'suspend_date', (i.due_date + %s::int + 1)::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_accountstate t ON t.customer_id = c.id
    WHERE i.status = 'OPEN' AND i.amount_due > 0 AND c.archived_at IS NULL AND {where}
"""


def invoice_issued(*, invoice_id: int, at: datetime) -> int:
    """Queue the message about one invoice that was issued by hand; return how many are new."""
    return bulk.enqueue_select(
        "invoice_issued",
        BILL.format(dedup="i.number", where="i.id = %s"),
        [Company.current().grace_days, invoice_id],
        at,
    )
