from ispbill.notifications.models.message import Message
from ispbill.notifications.models.settings import GatewayPace, MessageSettings
from ispbill.notifications.models.wording import Wording

__all__ = ["GatewayPace", "Message", "MessageSettings", "Wording"]
