"""The month's budget for messages: an alarm at 80 and at 100 percent, once each, and what nobody
asked for waits once it is used up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.notifications.models import BudgetAlarm, Message, MessageSettings
from ispbill.notifications.queries import prices
from ispbill.notifications.rules import offers
from ispbill.notifications.services import claiming, compose

LEVELS = (80, 100)  # percent
AGAIN = timedelta(hours=1)  # until then what is held is not looked at again
# Marked nowhere: errors of messages are kept in English, as those of providers are.
REASON = "Held: the month's budget for messages is used up."


def watch(*, at: datetime) -> int:
    """Raise the alarms of the month that are due and not raised; return how many.

    Asked every half minute: the month is summed up only while there is an alarm to raise.
    """
    if prices.is_used_up(at) or MessageSettings.current().month_budget is None:
        return 0
    used = prices.budget(at)
    if used.amount is None or used.percent is None:
        return 0
    due = [level for level in LEVELS if used.percent >= level]
    return sum(_raise(level, used.amount, used.spent, at=at) for level in due)


def held_back(messages: Sequence[Message], *, at: datetime) -> list[Message]:
    """Put claimed offers and surveys off while the budget is used up; return the others."""
    optional = {message.pk for message in messages if message.event in offers.OPTIONAL}
    if not optional or not prices.is_used_up(at):
        return list(messages)
    for message in messages:
        if message.pk in optional:
            # Nothing is wrong with it, so this costs it no attempt.
            claiming.mine(message).update(
                state=Message.State.QUEUED,
                attempts=message.attempts - 1,
                lease_until=None,
                next_attempt_at=at + AGAIN,
                error=REASON,
            )
    return [message for message in messages if message.pk not in optional]


@transaction.atomic
def _raise(level: int, budget: Decimal, spent: Decimal, *, at: datetime) -> int:
    month = clock.local_date(at).replace(day=1)
    _row, is_new = BudgetAlarm.objects.get_or_create(
        month=month, budget=budget, percent=level, defaults={"raised_at": at}
    )
    if not is_new:
        return 0
    for person in User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk"):
        compose.enqueue(
            compose.to_person(
                person,
                {"percent": str(level), "amount": str(spent), "budget": str(budget)},
                fact=f"{month}:{budget}:{level}",
            ),
            event="message_budget",
            at=at,
            channels=("EMAIL",),
        )
    return 1
