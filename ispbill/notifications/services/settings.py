"""Change the company's choices about messages."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.notifications.models import MessageSettings

FIELDS = (
    "uses_sms",
    "uses_whatsapp",
    "uses_email",
    "uses_web_push",
    "falls_back_to_sms",
    "quiet_from_hour",
    "quiet_until_hour",
    "month_budget",
)


@transaction.atomic
def change(*, values: dict[str, Any], act: Act[User]) -> MessageSettings:
    """Set the choices named in FIELDS. Messages already queued keep their hour."""
    trail.begin(act=act)
    MessageSettings.current()
    row = MessageSettings.objects.select_for_update().get(pk=1)
    before = _plain(row)
    for name in FIELDS:
        setattr(row, name, values[name])
    row.save()
    was, now = events.changes(before, _plain(row))
    if now:
        events.record(act=act, action="message_settings.changed", target=row, before=was, after=now)
    return row


def _plain(row: MessageSettings) -> dict[str, Any]:
    """The choices as they stand in the trail, amounts as text."""
    values = {name: getattr(row, name) for name in FIELDS}
    return {
        name: str(value.normalize()) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
