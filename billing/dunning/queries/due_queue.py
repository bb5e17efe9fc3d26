"""The queue of customers who are past due: who will be cut off when, and the state of their
lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from billing.dunning.queries import dunning, policies
from billing.dunning.queries.dunning import Judged
from billing.dunning.queries.policies import InForce
from customers.models import Suspension
from ispbill.core.money import ZERO
from network.models import Access

CALENDAR_DAYS = 12


@dataclass(frozen=True)
class CutDay:
    """A coming day: how many customers would be cut on it and what they owe."""

    day: date
    count: int
    amount: Decimal
    is_closed: bool
    """The company's own policy cuts nobody on this day."""


@dataclass(frozen=True)
class Queue:
    """Everybody past due, soonest cut first, as of the company date `on`."""

    on: date
    entries: list[Judged]
    closed: frozenset[date] = frozenset()

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
        return owed(self.tonight)

    @cached_property
    def parts(self) -> dict[str, list[Judged]]:
        """Everybody once, by what becomes of them: "" will be cut, off, promised, kept."""
        found: dict[str, list[Judged]] = {"": [], "off": [], "promised": [], "kept": []}
        for one in self.entries:
            found[self._part(one)].append(one)
        found["promised"].sort(key=lambda one: (one.decision.facts.promised_until, one.customer_id))
        return found

    def part(self, name: str) -> list[Judged]:
        """Return those of a part; "tonight" is the first of those that will be cut."""
        return self.tonight if name == "tonight" else self.parts[name]

    def day_of(self, one: Judged) -> date | None:
        """Return the day somebody would be cut, today at the earliest."""
        day = _cut_day(one)
        return max(day, self.on) if day is not None else None

    def by_day(self, entries: Iterable[Judged]) -> dict[date | None, list[Judged]]:
        """Fold some of them by the day they would be cut, in their order."""
        found: dict[date | None, list[Judged]] = {}
        for one in entries:
            found.setdefault(self.day_of(one), []).append(one)
        return found

    @cached_property
    def days(self) -> list[CutDay]:
        """The coming days, also those on which nobody is cut."""
        by_day = self.by_day(self.parts[""])
        coming = (self.on + timedelta(days=step) for step in range(CALENDAR_DAYS))
        return [
            CutDay(day, len(by_day.get(day, ())), owed(by_day.get(day, ())), day in self.closed)
            for day in coming
        ]

    def _part(self, one: Judged) -> str:
        if not one.subscription_ids:
            return "off"
        promised = one.decision.facts.promised_until
        if promised is not None and promised >= self.on:
            return "promised"
        return "kept" if _cut_day(one) is None else ""


def owed(entries: Iterable[Judged]) -> Decimal:
    """Return what customers owe that is overdue, in the company's currency."""
    return sum((one.decision.amount for one in entries), start=ZERO)


def queue(*, on: date, grace_days: int | None = None, branch_id: int | None = None) -> Queue:
    """Return the queue on the company date `on`; `grace_days` simulates another grace."""
    known = policies.in_force(on=on)
    found = dunning.judge(
        on=on, grace_days=grace_days, branch_id=branch_id, active_only=False, in_force=known
    )
    owing = [one for one in found if one.decision.amount > 0]
    owing.sort(key=lambda one: (_cut_day(one) or date.max, one.customer_id))
    return Queue(on, owing, _closed(known, on=on, branch_id=branch_id))


def off_since(customer_ids: Sequence[int]) -> dict[int, date]:
    """Return since when customers are off for what they owe, by customer."""
    rows = Suspension.objects.filter(
        customer_id__in=customer_ids, ended_at__isnull=True, kind=Suspension.Kind.NON_PAYMENT
    )
    return {
        customer_id: timezone.localdate(at)
        for customer_id, at in rows.order_by("-started_at").values_list("customer_id", "started_at")
    }


def _closed(known: InForce, *, on: date, branch_id: int | None) -> frozenset[date]:
    policy = known.default
    holidays = known.holidays(policy, branch_id)
    coming = (on + timedelta(days=step) for step in range(CALENDAR_DAYS))
    return frozenset(
        day for day in coming if day.weekday() not in policy.cutoff_weekdays or day in holidays
    )


def lines(customer_ids: Sequence[int]) -> dict[int, list[Access]]:
    """Return the lines of customers, by customer."""
    found: dict[int, list[Access]] = {}
    rows = Access.objects.filter(customer_id__in=customer_ids).exclude(
        desired_state=Access.State.REMOVED
    )
    for line in rows.order_by("customer_id", "pk"):
        found.setdefault(line.customer_id, []).append(line)
    return found


def _cut_day(one: Judged) -> date | None:
    if one.is_never_suspended or not one.subscription_ids:
        return None
    return one.decision.suspends_on
