from payments.models.bank import (
    BankAccount,
    KnownPayer,
    StatementImport,
    StatementLine,
    StatementPart,
    StatementSuggestion,
)
from payments.models.cash import CashBanking, CashCount, CashMove
from payments.models.day_close import DayClose
from payments.models.debits import (
    DebitBatch,
    DebitOrder,
    DebitPart,
    DebitSettings,
    DebitStatementLine,
    Mandate,
    MandateHint,
    NetcashRequest,
)
from payments.models.deposit import Deposit, DepositMove
from payments.models.gateway import (
    GatewayAccount,
    GatewayCallback,
    GatewayRefund,
    PaymentAttempt,
)
from payments.models.gateway_answer import GatewayAnswer
from payments.models.handover import Handover
from payments.models.method import PaymentMethod
from payments.models.payment import Allocation, Payment
from payments.models.prepaid import BridgedDays, RenewalChoice
from payments.models.referral_reward import ReferralReward
from payments.models.refund import Refund, RefundPart
from payments.models.settlement import BadRow, SettlementImport, SettlementLine
from payments.models.shift import Shift
from payments.models.voucher import (
    Voucher,
    VoucherBatch,
    VoucherLapse,
    VoucherMoney,
    VoucherSheet,
)

__all__ = [
    "Allocation",
    "BadRow",
    "BankAccount",
    "BridgedDays",
    "CashBanking",
    "CashCount",
    "CashMove",
    "DayClose",
    "DebitBatch",
    "DebitOrder",
    "DebitPart",
    "DebitSettings",
    "DebitStatementLine",
    "Deposit",
    "DepositMove",
    "GatewayAccount",
    "GatewayAnswer",
    "GatewayCallback",
    "GatewayRefund",
    "Handover",
    "KnownPayer",
    "Mandate",
    "MandateHint",
    "NetcashRequest",
    "Payment",
    "PaymentAttempt",
    "PaymentMethod",
    "ReferralReward",
    "Refund",
    "RefundPart",
    "RenewalChoice",
    "SettlementImport",
    "SettlementLine",
    "Shift",
    "StatementImport",
    "StatementLine",
    "StatementPart",
    "StatementSuggestion",
    "Voucher",
    "VoucherBatch",
    "VoucherLapse",
    "VoucherMoney",
    "VoucherSheet",
]
