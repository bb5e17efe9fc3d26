from payments.models.payment import Allocation, Payment
from payments.models.prepaid import BridgedDays, Gift, RenewalChoice

__all__ = ["Allocation", "BridgedDays", "Gift", "Payment", "RenewalChoice"]
