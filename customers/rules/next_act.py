"""What a customer's page says first: the one state that counts, and so the one next act."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """The states, in the order in which the first that fits is taken."""

    OFF_FOR_DEBT = "off_for_debt"
    PREPAID_OVER = "prepaid_over"
    DOWN = "down"
    LATE = "late"
    PAUSED = "paused"
    OFF = "off"  # for another reason: technical, fraud, policy
    NOT_INSTALLED = "not_installed"
    CLOSED = "closed"
    DUE = "due"
    SETTLED = "settled"


@dataclass(frozen=True)
class Facts:
    """What decides. `off` are the kinds of the suspensions that last."""

    on: date
    owed: Decimal
    due_on: date | None  # of the oldest bill that is open
    off: frozenset[str] = field(default_factory=frozenset)
    has_live: bool = False  # a service is switched on
    has_pending: bool = False
    is_online: bool | None = None


def state(facts: Facts) -> State:
    """Return the first state that fits."""
    fits = {
        State.OFF_FOR_DEBT: "NON_PAYMENT" in facts.off,
        State.PREPAID_OVER: "PREPAID" in facts.off,
        State.DOWN: facts.has_live and facts.is_online is False and facts.owed <= 0,
        State.LATE: facts.has_live and is_late(facts),
        State.PAUSED: "CUSTOMER_REQUEST" in facts.off,
        State.OFF: bool(facts.off),
        State.NOT_INSTALLED: facts.has_pending and not facts.has_live,
        State.CLOSED: not facts.has_live and not facts.has_pending,
        State.DUE: facts.owed > 0,
    }
    return next((one for one, is_so in fits.items() if is_so), State.SETTLED)


def is_late(facts: Facts) -> bool:
    """Tell whether a bill is past its due date and something is owed."""
    return facts.owed > 0 and facts.due_on is not None and facts.due_on < facts.on
