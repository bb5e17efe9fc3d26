from billing.models.approval import Approval
from billing.models.billing_run import BillingRun
from billing.models.break_request import BreakRequest
from billing.models.closing import LedgerDay, LedgerSeal, PeriodClose
from billing.models.credit_note import CreditNote, CreditNoteLine
from billing.models.day_exception import DayException
from billing.models.document import Document
from billing.models.dunning import (
    DunningEvent,
    DunningHold,
    DunningPolicy,
    DunningStep,
    Holiday,
)
from billing.models.invoice import Invoice, InvoiceLine, SellerText
from billing.models.leak import AcceptedLeak
from billing.models.ledger import Account, JournalEntry, Posting
from billing.models.package_change import PackageChange, PackageChangeBatch
from billing.models.planned_move import PlannedMove
from billing.models.pricing import Discount, PriceChange, PriceStep, Promotion
from billing.models.print_part import PrintPart
from billing.models.recognition import Recognition
from billing.models.rehearsal import Rehearsal, RehearsalPart
from billing.models.schedule import Schedule

__all__ = [
    "AcceptedLeak",
    "Account",
    "Approval",
    "BillingRun",
    "BreakRequest",
    "CreditNote",
    "CreditNoteLine",
    "DayException",
    "Discount",
    "Document",
    "DunningEvent",
    "DunningHold",
    "DunningPolicy",
    "DunningStep",
    "Holiday",
    "Invoice",
    "InvoiceLine",
    "JournalEntry",
    "LedgerDay",
    "LedgerSeal",
    "PeriodClose",
    "PackageChange",
    "PackageChangeBatch",
    "PlannedMove",
    "Posting",
    "PriceChange",
    "PriceStep",
    "PrintPart",
    "Promotion",
    "Recognition",
    "Rehearsal",
    "RehearsalPart",
    "Schedule",
    "SellerText",
]
