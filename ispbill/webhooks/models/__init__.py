from ispbill.webhooks.models.delivery import Delivery, Try
from ispbill.webhooks.models.endpoint import Endpoint
from ispbill.webhooks.models.occurrence import Occurrence

__all__ = ["Try", "Delivery", "Endpoint", "Occurrence"]
