from payments.models.payment import Allocation, Payment

__all__ = ["Allocation", "Payment"]
