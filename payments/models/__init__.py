from payments.models.deposit import Deposit, DepositMove
from payments.models.payment import Allocation, Payment
from payments.models.prepaid import BridgedDays, RenewalChoice
from payments.models.refund import Refund, RefundPart
from payments.models.voucher import (
    Voucher,
    VoucherBatch,
    VoucherLapse,
    VoucherMoney,
    VoucherSheet,
)

__all__ = [
    "Allocation",
    "BridgedDays",
    "Deposit",
    "DepositMove",
    "Payment",
    "Refund",
    "RefundPart",
    "RenewalChoice",
    "Voucher",
    "VoucherBatch",
    "VoucherLapse",
    "VoucherMoney",
    "VoucherSheet",
]
