from billing.allocation.models.payment import Allocation, Payment
from billing.allocation.models.refund import Refund, RefundPart

__all__ = ["Allocation", "Payment", "Refund", "RefundPart"]
