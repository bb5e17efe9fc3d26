from ispbill.webhooks.models.delivery import Attempt, Delivery
from ispbill.webhooks.models.endpoint import Endpoint
from ispbill.webhooks.models.occurrence import Occurrence

__all__ = ["Attempt", "Delivery", "Endpoint", "Occurrence"]
