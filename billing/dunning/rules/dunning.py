"""Whether a line is overdue, whether it is to be suspended, and every value that led there.

Overdue begins the day after the due date. The first run after due date + grace suspends: with a
due date of 5 January and 3 days of grace, the 8th is the last day of grace and the run of the
9th suspends. Who owes nothing, or less than the minimum, is never suspended; `is_ignored` says so,
and what reminds and what switches on again asks it too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from ispbill.core.money import ZERO

EVERY_WEEKDAY = frozenset(range(7))
_LOOK_AHEAD_DAYS = 400
_ONE_DAY = timedelta(days=1)


class Action(StrEnum):
    NONE = "none"
    OVERDUE = "overdue"
    SUSPEND = "suspend"


class Reason(StrEnum):
    """The one fact that decided."""

    NOTHING_OWED = "nothing_owed"
    BELOW_MINIMUM = "below_minimum"
    NOT_YET_DUE = "not_yet_due"
    IN_GRACE = "in_grace"
    PROMISED = "promised"
    EXCLUDED = "excluded"
    PAYMENT_PENDING = "payment_pending"
    OUTAGE = "outage"
    NO_CUTOFF_DAY = "no_cutoff_day"
    NEVER_CUT = "never_cut"
    GRACE_OVER = "grace_over"


@dataclass(frozen=True)
class Facts:
    """What is known of one account on a business date. Amounts in the company's currency."""

    on: date
    balance: Decimal
    """What the customer owes in all; negative is credit."""
    unpaid_amount: Decimal
    """What is open on the issued invoices that are past due, or on `due_date` the first to be."""
    due_date: date | None
    """The due date of the oldest unpaid invoice, None when there is none."""
    grace_days: int = 0
    minimum_amount: Decimal = ZERO
    """Less than this is ignored."""
    promised_until: date | None = None
    """The last day of a promise to pay."""
    excluded_until: date | None = None
    """The last day staff took the account out of suspension."""
    payment_pending: bool = False
    """A payment was started and the gateway has not said how it ended."""
    has_outage: bool = False
    """The customer's router does not answer, and the policy waits for it."""
    is_cut_at_all: bool = True
    """The policy's ladder has a cut in it."""
    cutoff_weekdays: frozenset[int] = EVERY_WEEKDAY
    """Weekdays on which lines may be cut; Monday is 0."""
    holidays: frozenset[date] = frozenset()
    """Days on which no line is cut."""

    def __post_init__(self) -> None:
        if self.grace_days < 0 or self.minimum_amount < 0:
            raise ValueError("grace and the minimum amount are at least 0")
        if not self.cutoff_weekdays <= EVERY_WEEKDAY:
            raise ValueError("weekdays are numbered 0 (Monday) to 6")


_FACT_NAMES = tuple(field.name for field in fields(Facts) if field.name != "holidays")


@dataclass(frozen=True)
class Decision:
    """What to do, why, and the facts it rests on."""

    action: Action
    reason: Reason
    facts: Facts
    amount: Decimal
    """What counts as overdue debt: the unpaid amount, but never more than the balance."""
    grace_until: date | None
    """The last day of grace."""
    suspends_on: date | None
    """The first day a run would suspend if nothing changes; None when it never would."""

    @property
    def is_overdue(self) -> bool:
        return self.action is not Action.NONE

    def as_dict(self) -> dict[str, object]:
        """Return the decision as JSON-able values, for the record kept with a suspension."""
        values: dict[str, object] = {
            "action": self.action.value,
            "reason": self.reason.value,
            "amount": f"{self.amount:f}",
            "grace_until": _plain(self.grace_until),
            "suspends_on": _plain(self.suspends_on),
        }
        facts = {name: _plain(getattr(self.facts, name)) for name in _FACT_NAMES}
        # Of the calendar only the days that made the customer wait.
        waited = self.grace_until or self.facts.on
        facts["holidays"] = [
            day.isoformat() for day in sorted(self.facts.holidays) if waited < day <= self.facts.on
        ]
        return values | {"facts": facts}


def debt(*, balance: Decimal, unpaid: Decimal) -> Decimal:
    """Return what counts as debt: what is open on bills, but never more than is owed in all."""
    return max(min(balance, unpaid), ZERO)


def is_ignored(amount: Decimal, minimum: Decimal) -> bool:
    """Tell whether a debt is none, or too small to remind of, to cut off or to stay cut off for.

    `minimum` is the first amount that counts.
    """
    return amount <= 0 or amount < minimum


def decide(facts: Facts) -> Decision:
    """Decide for one account on `facts.on`. Pure: the same facts give the same decision."""
    amount = debt(balance=facts.balance, unpaid=facts.unpaid_amount)
    due = facts.due_date
    if amount <= 0 or due is None:
        return Decision(Action.NONE, Reason.NOTHING_OWED, facts, amount, None, None)
    grace_until = due + timedelta(days=facts.grace_days)
    overdue = Action.OVERDUE if facts.on > due else Action.NONE
    if is_ignored(amount, facts.minimum_amount):
        return Decision(overdue, Reason.BELOW_MINIMUM, facts, amount, grace_until, None)
    reason = _reason(facts, due, grace_until)
    action = Action.SUSPEND if reason is Reason.GRACE_OVER else overdue
    return Decision(action, reason, facts, amount, grace_until, _suspends_on(facts, grace_until))


def _reason(facts: Facts, due: date, grace_until: date) -> Reason:
    if facts.on <= due:
        return Reason.NOT_YET_DUE
    if not facts.is_cut_at_all:
        return Reason.NEVER_CUT
    if facts.on <= grace_until:
        return Reason.IN_GRACE
    if facts.promised_until is not None and facts.on <= facts.promised_until:
        return Reason.PROMISED
    if facts.excluded_until is not None and facts.on <= facts.excluded_until:
        return Reason.EXCLUDED
    if facts.payment_pending:
        return Reason.PAYMENT_PENDING
    if facts.has_outage:
        return Reason.OUTAGE
    if not _is_cutoff_day(facts.on, facts):
        return Reason.NO_CUTOFF_DAY
    return Reason.GRACE_OVER


def _suspends_on(facts: Facts, grace_until: date) -> date | None:
    if facts.payment_pending or facts.has_outage or not facts.is_cut_at_all:
        return None
    waits = (grace_until, facts.promised_until, facts.excluded_until)
    first = max(until for until in waits if until is not None) + _ONE_DAY
    return next_cutoff_day(
        max(first, facts.on), weekdays=facts.cutoff_weekdays, holidays=facts.holidays
    )


def next_cutoff_day(
    first: date, *, weekdays: frozenset[int], holidays: frozenset[date]
) -> date | None:
    """Return the first day from `first` on that lines may be cut; None when there is none."""
    if first.weekday() in weekdays and first not in holidays:
        return first
    days = (first + timedelta(days=step) for step in range(1, _LOOK_AHEAD_DAYS))
    return next((day for day in days if day.weekday() in weekdays and day not in holidays), None)


def _is_cutoff_day(on: date, facts: Facts) -> bool:
    return on.weekday() in facts.cutoff_weekdays and on not in facts.holidays


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)  # type: ignore[type-var]
    return value
