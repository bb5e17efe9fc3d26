from billing.receivables.models.deposit import Deposit, DepositMove
from billing.receivables.models.print_part import PrintPart

__all__ = ["Deposit", "DepositMove", "PrintPart"]
