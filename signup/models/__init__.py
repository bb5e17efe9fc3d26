from signup.models.document import OrderDocument
from signup.models.order import Order

__all__ = ["Order", "OrderDocument"]
