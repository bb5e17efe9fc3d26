from billing.ledger.models.closing import LedgerDay, LedgerSeal, PeriodClose
from billing.ledger.models.ledger import Account, JournalEntry, Posting
from billing.ledger.models.recognition import Recognition

__all__ = [
    "Account",
    "JournalEntry",
    "LedgerDay",
    "LedgerSeal",
    "PeriodClose",
    "Posting",
    "Recognition",
]
