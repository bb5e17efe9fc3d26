"""What messages cost: the price list, what some would come to, and what a month has cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, QuerySet, Sum

from ispbill.core import clock
from ispbill.notifications.gateways import chosen
from ispbill.notifications.models import BudgetAlarm, Message, MessagePrice, MessageSettings
from ispbill.notifications.rules import prices
from ispbill.notifications.rules.prices import Price


@dataclass(frozen=True)
class Spent:
    """What messages of one channel, provider and event have cost in a month."""

    channel: str
    provider: str
    event: str
    messages: int
    parts: int
    cost: Decimal


@dataclass(frozen=True)
class Budget:
    """How far a month's budget is used."""

    amount: Decimal | None
    spent: Decimal

    @property
    def percent(self) -> int | None:
        """Whole percent used, rounded down; None without a budget."""
        return None if not self.amount else int(self.spent * 100 / self.amount)

    @property
    def shown(self) -> int:
        """The percent a bar can show."""
        return min(self.percent or 0, 100)


def known() -> list[Price]:
    """Return the whole price list, in one statement."""
    rows = MessagePrice.objects.values_list("channel", "provider", "prefix", "valid_from", "price")
    return [Price(*row) for row in rows]


def listed() -> QuerySet[MessagePrice]:
    """Return the price list as it is read: what is nearest first, newest of each on top."""
    return MessagePrice.objects.order_by("channel", "provider", "prefix", "-valid_from")


def estimate(channel: str, parts: Mapping[str, int], *, on: date) -> Decimal | None:
    """Return what messages would cost, rounded once; `parts` by recipient.

    None where a number has no price: half a cost would be taken for the whole.
    """
    provider = _provider(channel)
    rows = known()
    whole = Decimal(0)
    for recipient, count in parts.items():
        price = prices.of_part(rows, channel=channel, provider=provider, recipient=recipient, on=on)
        if price is None:
            return None
        whole += price * count
    return prices.rounded(whole)


def budget(at: datetime) -> Budget:
    """Return how far the budget of the month is used."""
    amount = MessageSettings.current().month_budget
    whole = _of_month(at).aggregate(all=Sum("cost"))["all"]
    return Budget(amount, prices.rounded(whole or Decimal(0)))


def is_used_up(at: datetime) -> bool:
    """Tell whether the alarm of a whole month's budget was raised, of the budget as it is now."""
    amount = MessageSettings.current().month_budget
    if amount is None:
        return False
    month = clock.local_date(at).replace(day=1)
    return BudgetAlarm.objects.filter(month=month, budget=amount, percent__gte=100).exists()


def spent(at: datetime) -> list[Spent]:
    """Return what the month of a moment has cost, the dearest first."""
    rows = (
        _of_month(at)
        .values_list("channel", "provider", "event")
        .annotate(messages=Count("pk"), all_parts=Sum("parts"), whole=Sum("cost"))
        .order_by("-whole", "event")
    )
    return [Spent(*row) for row in rows]


def _of_month(at: datetime) -> QuerySet[Message]:
    first = clock.local_date(at).replace(day=1)
    return Message.objects.filter(cost__isnull=False, sent_at__gte=clock.midnight(first))


def _provider(channel: str) -> str:
    try:
        gateway = chosen.for_channel(channel)
    except ImproperlyConfigured:  # said where messages are sent; a price is no reason to stop
        return ""
    return gateway.name if gateway is not None else ""
