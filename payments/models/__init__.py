from payments.models.deposit import Deposit, DepositMove
from payments.models.gateway import (
    GatewayAccount,
    GatewayCallback,
    GatewayRefund,
    PaymentAttempt,
)
from payments.models.method import PaymentMethod
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
    "GatewayAccount",
    "GatewayCallback",
    "GatewayRefund",
    "Payment",
    "PaymentAttempt",
    "PaymentMethod",
    "Refund",
    "RefundPart",
    "RenewalChoice",
    "Voucher",
    "VoucherBatch",
    "VoucherLapse",
    "VoucherMoney",
    "VoucherSheet",
]
