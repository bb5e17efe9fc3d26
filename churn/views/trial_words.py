"""Words for the trial on invented customers: why they leave, and what a trial must show."""

import math
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from churn.models import ChurnTrial
from churn.rules.causes import CAUSES
from churn.views.model_words import refusals, share

CAUSE_WORDS: dict[str, tuple[Promise, Promise, float]] = {
    "late_bills": (
        gettext_lazy("Bills paid late, 6 months"),
        gettext_lazy("one bill more, up to 5"),
        1,
    ),
    "lateness_trend": (
        gettext_lazy("Paying later than before"),
        gettext_lazy("5 days later, up to 15"),
        5,
    ),
    "overdue_days": (
        gettext_lazy("Days the last bill was paid late"),
        gettext_lazy("7 days more, up to 20"),
        7,
    ),
    "tickets": (gettext_lazy("Tickets, 3 months"), gettext_lazy("one more, up to 4"), 1),
    "reopened": (gettext_lazy("Tickets reopened, 6 months"), gettext_lazy("one more, up to 2"), 1),
    "outage_hours": (
        gettext_lazy("Outages, 3 months"),
        gettext_lazy("10 hours more, up to 40"),
        10,
    ),
    "usage_drop": (gettext_lazy("Uses the line a third less"), gettext_lazy("yes"), 1),
    "slow": (gettext_lazy("Slower than three fifths of the package"), gettext_lazy("yes"), 1),
    "asked_less": (gettext_lazy("Asked for a smaller package"), gettext_lazy("yes"), 1),
    "price_rise": (gettext_lazy("The price rose"), gettext_lazy("yes"), 1),
    "tenure": (gettext_lazy("Time as a customer"), gettext_lazy("half as long"), -0.6931),
    "contract_ending": (gettext_lazy("The contract ends within 2 months"), gettext_lazy("yes"), 1),
    "contract_longer": (gettext_lazy("The contract runs longer"), gettext_lazy("yes"), 1),
    "nps": (gettext_lazy("Would not recommend us"), gettext_lazy("yes"), 1),
    "rival": (gettext_lazy("A rival in the area, which nobody sees"), gettext_lazy("yes"), 1),
}


def causes() -> list[dict[str, Any]]:
    """Return why invented customers leave: by how many times each cause moves the odds a month."""
    found = []
    for key, weight in CAUSES.items():
        name, step, size = CAUSE_WORDS[key]
        found.append({"name": name, "step": step, "times": share(math.exp(weight * size))})
    return found


def results(trial: ChurnTrial) -> dict[str, Any]:
    """Return what a trial must show and whether it does: measured, wanted, met."""
    metrics = trial.metrics
    auc, baseline, lift = metrics["auc"], metrics["baseline"], metrics["tenths"][0]["lift"]
    slope, noise = metrics["slope"], trial.noise_auc
    rows = (
        (_("Ranks right"), share(auc), "≥ 0.80", auc >= 0.80),
        (
            _("Better than overdue days alone by"),
            share(auc - baseline),
            "≥ 0.05",
            auc >= baseline + 0.05,
        ),
        (_("Slope"), share(slope), "0.90 – 1.10", 0.9 <= slope <= 1.1),
        (_("Likeliest tenth, times the average"), share(lift, 1), "≥ 3.0", lift >= 3),
        (_("Ranks right, labels shuffled"), share(noise), "0.45 – 0.55", 0.45 <= noise <= 0.55),
    )
    return {
        "checks": [
            {"name": name, "value": value, "wanted": wanted, "is_met": is_met}
            for name, value, wanted, is_met in rows
        ],
        "why": refusals(metrics),
    }
