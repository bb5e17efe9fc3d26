"""What the company has chosen about the messages of an event, read in one statement."""

from dataclasses import dataclass
from typing import Any

from ispbill.core import statements
from ispbill.notifications.models import MessageSettings

# One JSON value, so that a statement which decides something else can bring it along.
CHOSEN = """(
    SELECT json_build_object(
        'used', array_remove(ARRAY[CASE WHEN s.uses_sms THEN 'SMS' END,
                                   CASE WHEN s.uses_whatsapp THEN 'WHATSAPP' END,
                                   CASE WHEN s.uses_email THEN 'EMAIL' END], NULL),
        'has_devices', s.uses_web_push AND EXISTS (SELECT FROM notifications_pushdevice),
        'falls_back', s.falls_back_to_sms,
        'quiet', ARRAY[s.quiet_from_hour, s.quiet_until_hour],
        'off', ARRAY(SELECT ARRAY[w.channel::text, w.language::text] FROM notifications_wording w
                     WHERE w.event = %(event)s AND (NOT w.is_active OR w.body = '')))
    FROM notifications_messagesettings s WHERE s.id = 1)"""
_READ = f"SELECT {CHOSEN}"


@dataclass(frozen=True)
class Chosen:
    """The company's choices about messages of one event."""

    channels: tuple[str, ...]
    quiet_from_hour: int
    quiet_until_hour: int
    turned_off: frozenset[tuple[str, str]]
    """The (channel, language) pairs for which it sends nothing."""
    falls_back: bool
    """Whether an SMS goes in place of a WhatsApp message that cannot be delivered."""
    has_devices: bool = False
    """Whether there is any device that wants notifications, and the company sends them."""


def read(event: str) -> Chosen:
    """Return the choices about an event as they stand (never cached: the cache may be down)."""
    return found(statements.fetch(_READ, {"event": event})[0][0], event)


def found(value: dict[str, Any] | None, event: str) -> Chosen:
    """Return the choices from what `CHOSEN` gave; nothing of it, before anybody has chosen."""
    if value is None:
        MessageSettings.current()
        return read(event)
    return Chosen(
        channels=tuple(value["used"]),
        quiet_from_hour=value["quiet"][0],
        quiet_until_hour=value["quiet"][1],
        turned_off=frozenset((channel, language) for channel, language in value["off"]),
        falls_back=value["falls_back"],
        has_devices=value["has_devices"],
    )
