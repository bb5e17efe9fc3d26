from ispbill.notifications.models.message import Message
from ispbill.notifications.models.wording import Wording

__all__ = ["Message", "Wording"]
