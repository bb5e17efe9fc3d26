"""Words for what is known of customers and for why a model may not score."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from churn.rules import gates
from churn.rules.features import CONTACT, CONTRACT, OUTAGE, PAYMENT, PRICE, TENURE, USE
from ispbill.core import formats

GROUP_WORDS: dict[str, Promise] = {
    PAYMENT: gettext_lazy("Paying"),
    CONTACT: gettext_lazy("Tickets and answers"),
    OUTAGE: gettext_lazy("Outages"),
    USE: gettext_lazy("Use of the line"),
    PRICE: gettext_lazy("Price"),
    CONTRACT: gettext_lazy("Contract"),
    TENURE: gettext_lazy("Time as a customer"),
}


class Step(NamedTuple):
    """A feature in words, and the step of it whose effect is told."""

    name: Promise
    step: Promise
    size: float


FEATURE_WORDS: dict[str, Step] = {
    "late_bills": Step(gettext_lazy("Bills paid late, 6 months"), gettext_lazy("one bill more"), 1),
    "very_late_bills": Step(
        gettext_lazy("Bills 30 days late, 6 months"), gettext_lazy("one bill more"), 1
    ),
    "lateness_trend": Step(
        gettext_lazy("Paying later than before"), gettext_lazy("5 days later"), 5
    ),
    "overdue_days": Step(gettext_lazy("Overdue today"), gettext_lazy("7 days more"), 7),
    "overdue_ratio": Step(
        gettext_lazy("Overdue in monthly amounts"), gettext_lazy("one month more"), 1
    ),
    "auto_pay": Step(gettext_lazy("Pays automatically"), gettext_lazy("yes"), 1),
    "cuts": Step(gettext_lazy("Switched off, 6 months"), gettext_lazy("once more"), 1),
    "tickets": Step(gettext_lazy("Tickets, 90 days"), gettext_lazy("one more"), 1),
    "reopened": Step(gettext_lazy("Tickets reopened, 180 days"), gettext_lazy("once more"), 1),
    "oldest_unresolved": Step(gettext_lazy("Oldest open ticket"), gettext_lazy("3 days more"), 3),
    "stars": Step(gettext_lazy("Last stars"), gettext_lazy("one star less"), -1),
    "nps": Step(gettext_lazy("Would recommend us"), gettext_lazy("3 points less"), -3),
    "outage_hours": Step(gettext_lazy("Outages, 90 days"), gettext_lazy("10 hours more"), 10),
    "usage_ratio": Step(
        gettext_lazy("Use against the month before"), gettext_lazy("half of it"), -0.5
    ),
    "silent_days": Step(gettext_lazy("Days without use, of 14"), gettext_lazy("3 days more"), 3),
    "speed_ratio": Step(
        gettext_lazy("Speed against the package"), gettext_lazy("a fifth less"), -0.2
    ),
    "downgrade_asked": Step(gettext_lazy("Asked for a smaller package"), gettext_lazy("yes"), 1),
    "largest_rise": Step(gettext_lazy("Price rise, 120 days"), gettext_lazy("5 % more"), 0.05),
    "discount_ending": Step(gettext_lazy("A discount ends soon"), gettext_lazy("yes"), 1),
    "tenure": Step(gettext_lazy("Time as a customer"), gettext_lazy("half as long"), -0.6931),
    "contract_ending": Step(
        gettext_lazy("The contract ends within 60 days"), gettext_lazy("yes"), 1
    ),
    "contract_longer": Step(gettext_lazy("The contract runs longer"), gettext_lazy("yes"), 1),
    "cycle_months": Step(gettext_lazy("Months a bill covers"), gettext_lazy("two months more"), 2),
    "prepaid": Step(gettext_lazy("Prepaid"), gettext_lazy("yes"), 1),
}


def refusals(metrics: dict[str, Any], key: str = "refusals") -> list[str]:
    """Return in sentences why a model does not score; `key` "ended": why it scores no longer."""
    return [_sentence(gates.Refusal(*one)) for one in metrics.get(key, [])]


def _sentence(refusal: gates.Refusal) -> str:
    known = {
        gates.LEAKING: _(
            "“%(feature)s” alone tells who left (%(value)s): it seems to be recorded afterwards."
        ),
        gates.GOOD: _("Too good to be true (%(value)s): something known only later is in it."),
        gates.AUC: _("It ranks customers too poorly: %(value)s, at least %(limit)s is needed."),
        gates.GAIN: _(
            "It is hardly better than overdue days alone: by %(value)s, %(limit)s is needed."
        ),
        gates.SLOPE_OFF: _("Its differences are off: slope %(value)s, limit %(limit)s."),
        gates.RATIO_OFF: _(
            "It is wrong about how many leave: observed by expected %(value)s, limit %(limit)s."
        ),
        gates.SIMPLER: _(
            "The simpler model is as good: trees differ by %(value)s, %(limit)s is needed."
        ),
        gates.BEATEN: _("The other model is better by %(value)s."),
    }
    step = FEATURE_WORDS.get(refusal.feature)
    return known[refusal.code] % {
        "feature": step.name if step else refusal.feature,
        "value": share(refusal.value, 3),
        "limit": share(refusal.limit),
    }


def share(value: float, decimals: int = 2) -> str:
    """Write a plain figure, 0.82."""
    return formats.number(_decimal(value), decimals=decimals)


def percent(value: float) -> str:
    """Write a share as percent with one decimal."""
    return f"{formats.number(_decimal(100 * value), decimals=1)}%"


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
