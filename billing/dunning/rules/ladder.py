"""The ladder a bill climbs while it stays unpaid: what is done how many days around its due date.

Pure: which policy governs a customer, whether a ladder makes sense, and which of its steps are due
on a day. `billing.dunning.rules.dunning` decides the cut itself; here it is only a rung among the
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.dunning.rules.dunning import EVERY_WEEKDAY
from ispbill.core.money import ZERO, round_money, times

LATEST_DAYS = 7
"""A message more than a week late is not sent any more: it would speak of another time."""
EARLIEST_OFFSET, LATEST_OFFSET = -30, 180


class Action(StrEnum):
    REMIND = "REMIND"
    NOTICE = "NOTICE"
    LATE_FEE = "LATE_FEE"
    SUSPEND = "SUSPEND"
    PROPOSE_CANCEL = "PROPOSE_CANCEL"


MESSAGES = frozenset({Action.REMIND, Action.NOTICE})


class LadderRefused(ValueError):
    """A ladder that makes no sense; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Step:
    """One rung. `offset_days` counts from the due date: −3 is three days before it."""

    action: Action
    offset_days: int
    channels: tuple[str, ...] = ()
    """Only these of the ways the customer wants; none named is all of them."""
    event: str = ""
    """The wording; "" is the one that fits the day."""

    @property
    def is_message(self) -> bool:
        return self.action in MESSAGES


@dataclass(frozen=True)
class LateFee:
    """What being late costs, net of tax: an amount in the company's currency, or a fraction."""

    since: date
    """Bills due before this day are never charged it."""
    amount: Decimal | None = None
    rate: Decimal | None = None
    tax_class_id: int | None = None

    def of(self, unpaid: Decimal) -> Decimal:
        """Return the net fee on what is unpaid of a bill, half-up to cents."""
        if self.amount is not None:
            return self.amount
        return round_money(times(unpaid, self.rate or ZERO))


@dataclass(frozen=True)
class Policy:
    """How one group of customers is treated when a bill stays unpaid, with nothing left open."""

    pk: int | None
    """None while the company's own settings are all there is."""
    name: str
    grace_days: int
    minimum_amount: Decimal
    steps: tuple[Step, ...]
    branch_id: int | None = None
    customer_kind: str = ""
    cutoff_weekdays: frozenset[int] = EVERY_WEEKDAY
    observes_holidays: bool = True
    pauses_on_outage: bool = False
    promise_days: int = 30
    promises_a_year: int | None = None
    late_fee: LateFee | None = None

    @property
    def is_default(self) -> bool:
        return self.branch_id is None and not self.customer_kind

    @property
    def suspends(self) -> bool:
        return self.has(Action.SUSPEND)

    def has(self, action: Action) -> bool:
        return any(step.action is action for step in self.steps)

    def first(self, action: Action) -> Step | None:
        """Return the first step of a kind."""
        return next((step for step in self.steps if step.action is action), None)

    @property
    def messages(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_message)


def choose(policies: Sequence[Policy], *, customer_kind: str, branch_id: int | None) -> Policy:
    """Return the most specific policy: class and branch, then class, then branch, then company."""
    fitting = [
        policy
        for policy in policies
        if policy.customer_kind in ("", customer_kind) and policy.branch_id in (None, branch_id)
    ]
    return max(fitting, key=lambda one: (one.customer_kind != "", one.branch_id is not None))


def check(steps: Sequence[Step], *, grace_days: int, has_late_fee: bool) -> None:
    """Raise LadderRefused unless the steps make a ladder.

    In order of their days, no two of a kind on one day, one cut at most and exactly on the day
    after grace, one late fee and one proposal at most, the fee after the due date and only where
    there is one, and the proposal to cancel after the cut.
    """
    offsets = [step.offset_days for step in steps]
    if offsets != sorted(offsets):
        raise LadderRefused("not_ordered")
    if any(not EARLIEST_OFFSET <= offset <= LATEST_OFFSET for offset in offsets):
        raise LadderRefused("too_far")
    if len({(step.action, step.offset_days) for step in steps}) < len(steps):
        raise LadderRefused("twice")
    for action in (Action.LATE_FEE, Action.SUSPEND, Action.PROPOSE_CANCEL):
        if sum(step.action is action for step in steps) > 1:
            raise LadderRefused("only_once")
    days = {step.action: step.offset_days for step in steps}
    if Action.SUSPEND in days and days[Action.SUSPEND] != grace_days + 1:
        raise LadderRefused("suspends_after_grace")
    if Action.LATE_FEE in days and days[Action.LATE_FEE] <= 0:
        raise LadderRefused("fee_before_due")
    if (Action.LATE_FEE in days) != has_late_fee:
        raise LadderRefused("fee_without_step" if has_late_fee else "step_without_fee")
    if Action.PROPOSE_CANCEL in days and (
        Action.SUSPEND not in days or days[Action.PROPOSE_CANCEL] <= days[Action.SUSPEND]
    ):
        raise LadderRefused("proposal_before_cut")
