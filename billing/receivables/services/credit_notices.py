"""Tell a customer of a credit note."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.invoices.models import CreditNote, Invoice
from billing.invoices.rules import credit_words
from customers.models import AccountState
from ispbill.notifications.services import compose


def tell(note: CreditNote, invoice: Invoice, *, at: datetime) -> None:
    """Queue the message, in the transaction of the note."""
    customer = invoice.customer
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(customer=customer)
    context: Mapping[str, Any] = {
        "credit_note": note.number,
        "invoice": invoice.number,
        "amount": f"{note.total_amount:f}",
        "reason": credit_words.sentence(note.cause, note.reason, customer.language),
        "balance": f"{balance:f}",
    }
    compose.enqueue(
        compose.to_customer(customer, context, dedup=note.number), event="credit_note_issued", at=at
    )
