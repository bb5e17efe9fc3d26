"""Tell a customer of a credit note."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.invoices.models import CreditNote, Invoice
from billing.invoices.rules import credit_words
from customers.models import AccountState
from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter


def tell(note: CreditNote, invoice: Invoice, *, at: datetime) -> None:
    """Queue the message, in the transaction of the note."""
    customer = invoice.customer
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(customer=customer)
    context: Mapping[str, Any] = {
        "name": customer.name,
        "number": customer.number,
        "credit_note": note.number,
        "invoice": invoice.number,
        "amount": f"{note.total_amount:f}",
        "reason": credit_words.sentence(note.cause, note.reason, customer.language),
        "balance": f"{balance:f}",
    }
    compose.enqueue(
        Letter(
            phone=customer.phone,
            email=customer.email,
            language=customer.language,
            context=context,
            dedup=note.number,
            customer_id=customer.pk,
            wants_sms=customer.wants_sms,
            wants_whatsapp=customer.wants_whatsapp,
            wants_email=customer.wants_email,
        ),
        event="credit_note_issued",
        at=at,
    )
