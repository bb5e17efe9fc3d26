"""Void an invoice nothing has been paid or credited on."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing.dunning.services import dunning
from billing.invoices.models import Invoice
from billing.ledger.models import JournalEntry
from billing.ledger.services import account_states, ledger
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NotVoidable(DomainError):
    """Only an untouched, issued invoice can be voided."""


@transaction.atomic
def void(*, invoice: Invoice, act: Act) -> Invoice:
    """Void an invoice nothing has been paid or credited on; its days may be billed again.

    Raises NotVoidable, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([invoice.customer_id])
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if invoice.status != Invoice.Status.OPEN:
        raise NotVoidable(_("This invoice is not open; it cannot be voided."))
    if invoice.paid_amount or invoice.credited_amount:
        raise NotVoidable(
            _("Money has been applied to this invoice. Issue a credit note instead of voiding it.")
        )
    invoice.status, invoice.void_reason = Invoice.Status.VOID, act.reason
    invoice.save(update_fields=["status", "void_reason"])
    invoice.lines.update(is_live=False)
    _unbill(invoice)
    entry = JournalEntry.objects.get(source_type="invoice", source_id=invoice.pk, kind="INVOICE")
    ledger.reverse(entry=entry, posted_on=act.on, act=act, memo=f"void {invoice.number}")
    account_states.refresh([invoice.customer_id])
    dunning.reopen_if_settled(customer_id=invoice.customer_id, act=act)
    events.record(
        act=act,
        action="invoice.voided",
        target=invoice,
        before={"status": "OPEN"},
        after={"status": "VOID"},
    )
    return invoice


def _unbill(invoice: Invoice) -> None:
    """Move schedules back over days that end where the schedule stands, so they can be rebilled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.voiding', 'yes', true)")
        cursor.execute(
            """
            UPDATE billing_schedule h SET billed_until = l.start_on
            FROM (SELECT subscription_id, min(lower(span)) AS start_on, max(upper(span)) AS end_on
                  FROM billing_invoiceline
                  WHERE invoice_id = %s AND span IS NOT NULL AND item = 0
                  GROUP BY subscription_id) l
            WHERE l.subscription_id = h.subscription_id AND l.end_on = h.billed_until
            """,
            [invoice.pk],
        )
        cursor.execute("SELECT set_config('app.voiding', '', true)")
