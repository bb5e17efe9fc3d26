from billing.invoices.models.credit_note import CreditNote, CreditNoteLine
from billing.invoices.models.document import Document
from billing.invoices.models.invoice import Invoice, InvoiceLine, SellerText
from billing.invoices.models.schedule import Schedule

__all__ = [
    "CreditNote",
    "CreditNoteLine",
    "Document",
    "Invoice",
    "InvoiceLine",
    "Schedule",
    "SellerText",
]
