"""The queue of who is past due: who will be cut off when, and the state of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.queries import dunning
from billing.queries.dunning import Judged
from ispbill.core.money import ZERO
from network.models import Access

CALENDAR_DAYS = 14


@dataclass(frozen=True)
class Queue:
    """Everybody past due, soonest cut first, and how many are cut on each coming day."""

    entries: list[Judged]
    calendar: dict[date, int]

    @property
    def tonight(self) -> list[Judged]:
        """Whom the next run would cut off."""
        return [one for one in self.entries if one.is_to_be_cut]

    @property
    def cut_now(self) -> int:
        """How many the next run would cut off."""
        return len(self.tonight)

    @property
    def cut_amount(self) -> Decimal:
        """What those owe that is overdue."""
        return sum((one.decision.amount for one in self.tonight), start=ZERO)


def queue(*, on: date, grace_days: int | None = None, branch_id: int | None = None) -> Queue:
    """Return the queue on the company date `on`; `grace_days` simulates another grace."""
    found = dunning.judge(on=on, grace_days=grace_days, branch_id=branch_id, active_only=False)
    owing = [one for one in found if one.decision.amount > 0]
    owing.sort(key=lambda one: (_cut_day(one) or date.max, one.customer_id))
    days = (on + timedelta(days=step) for step in range(CALENDAR_DAYS))
    calendar = dict.fromkeys(days, 0)
    for one in owing:
        day = _cut_day(one)
        if day is not None and max(day, on) in calendar:
            calendar[max(day, on)] += 1
    return Queue(owing, calendar)


def lines(customer_ids: Sequence[int]) -> dict[int, list[Access]]:
    """Return the lines of customers, by customer."""
    found: dict[int, list[Access]] = {}
    rows = Access.objects.filter(customer_id__in=customer_ids).exclude(
        wanted_state=Access.State.REMOVED
    )
    for line in rows.order_by("customer_id", "pk"):
        found.setdefault(line.customer_id, []).append(line)
    return found


def _cut_day(one: Judged) -> date | None:
    if one.is_never_suspended or not one.subscription_ids:
        return None
    return one.decision.suspends_on
