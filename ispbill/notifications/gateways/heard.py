"""What a provider tells us by itself, once its signature has been found right."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Report:
    """What became of a message."""

    ref: str
    """The provider's own number for it."""
    status: str
    """SENT, DELIVERED, READ or FAILED."""
    our_id: str
    """Our name for it, where the provider gives it back; else empty."""
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Reply:
    """What somebody wrote to our number."""

    sender: str
    text: str


Heard = Report | Reply
