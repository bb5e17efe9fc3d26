from payments.models.deposit import Deposit, DepositMove
from payments.models.payment import Allocation, Payment
from payments.models.prepaid import BridgedDays, Gift, RenewalChoice
from payments.models.refund import Refund, RefundPart

__all__ = [
    "Allocation",
    "BridgedDays",
    "Deposit",
    "DepositMove",
    "Gift",
    "Payment",
    "Refund",
    "RefundPart",
    "RenewalChoice",
]
