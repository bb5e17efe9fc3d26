from ispbill.notifications.models.message import Message
from ispbill.notifications.models.provider import DeliveryReport, MessageProvider
from ispbill.notifications.models.settings import GatewayPace, MessageSettings
from ispbill.notifications.models.wording import Wording

__all__ = [
    "DeliveryReport",
    "GatewayPace",
    "Message",
    "MessageProvider",
    "MessageSettings",
    "Wording",
]
