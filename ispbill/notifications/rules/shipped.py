"""The shape of a shipped text: one event in one language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    sms: str
    whatsapp: str
    subject: str
    email: str
