from resellers.models.assignment import ResellerAssignment
from resellers.models.checkout import Checkout, CheckoutRefund
from resellers.models.commission import Commission, CommissionBack
from resellers.models.message import ResellerMessage
from resellers.models.payout import Payout
from resellers.models.renewal import WalletRenewal
from resellers.models.reseller import PlanVersion, PriceLimit, Reseller, ResellerUser
from resellers.models.wallet import Transfer, Wallet, WalletMove

__all__ = [
    "Checkout",
    "CheckoutRefund",
    "Commission",
    "CommissionBack",
    "Payout",
    "PlanVersion",
    "PriceLimit",
    "Reseller",
    "ResellerAssignment",
    "ResellerMessage",
    "ResellerUser",
    "Transfer",
    "Wallet",
    "WalletMove",
    "WalletRenewal",
]
