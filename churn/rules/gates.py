"""When a model may score: enough history, no leak, good enough on months it had not seen.

Each refusal is a code with the figure it is about; `churn.views.model_words` words them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

HORIZON = 60  # days looked ahead
SURE_AFTER = 30  # days after the horizon it is certain that somebody left
TEST_MONTHS = 3
CALIBRATION_MONTHS = 2
LEAST_MONTHS = 9
LEAST_LEAVERS = 300
LEAST_RECENT_LEAVERS = 60  # in the months a model is tested on
ISOTONIC_FROM = 1_000  # leavers in the calibrating months

LEAST_AUC = 0.65
LEAST_GAIN = 0.02  # over overdue days alone
SLOPE = (0.8, 1.25)
RATIO = (0.75, 1.33)  # observed ÷ expected
LEAK = 0.40  # |AUC − .5| of one feature alone
TOO_GOOD = 0.97
BOOSTING_GAIN = 0.01  # that trees must be better by, to be worth not being understood

MONTHS, LEAVERS, RECENT = "months", "leavers", "recent_leavers"
LEAKING, GOOD = "leaking_feature", "too_good"
AUC, GAIN, SLOPE_OFF, RATIO_OFF = "auc", "gain", "slope", "ratio"
SIMPLER, BEATEN = "simpler_is_as_good", "beaten"
FOLLOWED, TURNED = "followed", "turned"


class Refusal(NamedTuple):
    """Why a model may not score: a code, what it was, what it had to be, and which feature."""

    code: str
    value: float
    limit: float
    feature: str = ""

    @property
    def text(self) -> str:
        """Short, for the log and the row; pages word it."""
        about = f" {self.feature}" if self.feature else ""
        return f"{self.code}{about} {self.value:.3f} (limit {self.limit:g})"


def is_mature(month: date, at: date) -> bool:
    """Tell whether by `at` it is known who left within the horizon from a month's first day."""
    return month + timedelta(days=HORIZON + SURE_AFTER) <= at


def lacking(months: int, leavers: int, recent: int) -> list[Refusal]:
    """Return what history is too short of to learn from: mature months, leavers, recent ones."""
    found = (
        (MONTHS, months, LEAST_MONTHS),
        (LEAVERS, leavers, LEAST_LEAVERS),
        (RECENT, recent, LEAST_RECENT_LEAVERS),
    )
    return [Refusal(code, have, least) for code, have, least in found if have < least]


def leaks(alone: Mapping[str, float]) -> list[Refusal]:
    """Return the features that tell by themselves who left: they were recorded afterwards."""
    return [
        Refusal(LEAKING, auc, 0.5 + LEAK if auc > 0.5 else 0.5 - LEAK, name)
        for name, auc in alone.items()
        if abs(auc - 0.5) >= LEAK
    ]


def refusals(metrics: Mapping[str, Any]) -> list[Refusal]:
    """Return why a model with these figures of its test months may not score; empty: it may."""
    auc, baseline = metrics["auc"], metrics["baseline"]
    slope, ratio = metrics["slope"], metrics["ratio"]
    found = []
    if auc >= TOO_GOOD:
        found.append(Refusal(GOOD, auc, TOO_GOOD))
    if auc < LEAST_AUC:
        found.append(Refusal(AUC, auc, LEAST_AUC))
    if auc < baseline + LEAST_GAIN:
        found.append(Refusal(GAIN, auc - baseline, LEAST_GAIN))
    for code, value, (low, high) in ((SLOPE_OFF, slope, SLOPE), (RATIO_OFF, ratio, RATIO)):
        if not low <= value <= high:
            found.append(Refusal(code, value, low if value < low else high))
    return found


def boosting_wins(difference: float, low: float) -> bool:
    """Tell whether trees beat the logistic model: .01 better, the 95 % interval above 0."""
    return difference >= BOOSTING_GAIN and low > 0


def origins(months: Sequence[date]) -> list[tuple[date, list[date]]]:
    """Return the last three mature months, each with the months mature at its start.

    The last two of those calibrate, the others train: 1 November learns from up to 1 August.
    """
    ordered = sorted(months)
    return [
        (month, [one for one in ordered if is_mature(one, month)])
        for month in ordered[-TEST_MONTHS:]
    ]
