from ispbill.notifications.models.bounce import Bounce
from ispbill.notifications.models.message import Message
from ispbill.notifications.models.price import BudgetAlarm, MessagePrice
from ispbill.notifications.models.provider import DeliveryReport, MessageProvider
from ispbill.notifications.models.push import PortalReading, PushDevice, PushKeys, ReminderRefusal
from ispbill.notifications.models.refusal import EventRefusal
from ispbill.notifications.models.settings import GatewayPace, MessageSettings
from ispbill.notifications.models.wording import Wording

__all__ = [
    "Bounce",
    "BudgetAlarm",
    "DeliveryReport",
    "EventRefusal",
    "GatewayPace",
    "Message",
    "MessagePrice",
    "MessageProvider",
    "MessageSettings",
    "PortalReading",
    "PushDevice",
    "PushKeys",
    "ReminderRefusal",
    "Wording",
]
