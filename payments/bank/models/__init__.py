from payments.bank.models.account import BankAccount
from payments.bank.models.settlement import BadRow, SettlementImport, SettlementLine
from payments.bank.models.statement import StatementImport, StatementLine, StatementPart
from payments.bank.models.suggestion import KnownPayer, StatementSuggestion

__all__ = [
    "BadRow",
    "BankAccount",
    "KnownPayer",
    "SettlementImport",
    "SettlementLine",
    "StatementImport",
    "StatementLine",
    "StatementPart",
    "StatementSuggestion",
]
