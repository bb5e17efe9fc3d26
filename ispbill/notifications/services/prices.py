"""The price list of messages. What was sent keeps what it cost."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import MessagePrice


class PriceRefused(DomainError):
    """The price cannot be kept as described."""


@dataclass(frozen=True)
class Plan:
    """A price to keep; an empty provider is any, an empty prefix every number."""

    channel: str
    provider: str
    prefix: str
    valid_from: date
    price: Decimal


def add(*, plan: Plan, act: Act[User]) -> MessagePrice:
    """Keep a price from a day on. Raises PriceRefused when that day has one already."""
    try:
        with transaction.atomic():
            trail.begin(act=act)
            row = MessagePrice.objects.create(**asdict(plan), created_at=act.at)
            events.record(
                act=act, action="message_price.added", target=row, before={}, after=_plain(row)
            )
    except IntegrityError as error:
        raise PriceRefused(_("There is a price from this day already; remove it first.")) from error
    return row


@transaction.atomic
def remove(*, price: MessagePrice, act: Act[User]) -> None:
    """Take a price from the list. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    row = MessagePrice.objects.select_for_update().filter(pk=price.pk).first()
    if row is None:  # somebody else did the same
        return
    events.record(act=act, action="message_price.removed", target=row, before=_plain(row), after={})
    row.delete()


def _plain(row: MessagePrice) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "provider": row.provider,
        "prefix": row.prefix,
        "valid_from": row.valid_from.isoformat(),
        "price": str(row.price.normalize()),
    }
