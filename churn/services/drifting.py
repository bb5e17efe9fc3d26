"""Keeps, night by night, how unlike the customers are to those the live model learnt from."""

from datetime import date, datetime

import numpy as np

from churn.models import ChurnScore
from churn.queries import learning
from churn.rules import drift
from churn.rules.features import NAMES
from churn.services import warning
from churn.services.sample import Floats
from ispbill.core import clock
from ispbill.core.acts import Act

PART = 10_000  # customers
KEPT = 14  # nights


def watch(*, at: datetime) -> list[str]:
    """Measure tonight and tell owners what has drifted, once; return it."""
    found = measure(on=clock.local_date(at))
    live = learning.live()
    if found and live is not None:
        warning.drifted(live, found, act=Act(None, at))
    return found


def measure(*, on: date) -> list[str]:
    """Write down tonight's index of each feature; return those that have drifted two nights."""
    live = learning.live()
    if live is None:
        return []
    now = _counts(live.content["bins"])
    if not any(sum(counts) for counts in now.values()):
        return []
    tonight = {
        name: round(drift.psi(live.content["bins"][name]["counts"], now[name]), 4) for name in NAMES
    }
    nights = [one for one in live.metrics.get("drift", []) if one["on"] != on.isoformat()]
    nights = [*nights, {"on": on.isoformat(), "psi": tonight}][-KEPT:]
    live.metrics = {**live.metrics, "drift": nights}
    live.save(update_fields=["metrics"])
    return drift.drifted([night["psi"] for night in nights])


def _counts(bins: dict[str, dict[str, list[float]]]) -> dict[str, list[float]]:
    """Count tonight's vectors by the bins of training."""
    found = {name: np.zeros(len(bins[name]["counts"])) for name in NAMES}
    vectors = ChurnScore.objects.values_list("vector", flat=True).iterator(chunk_size=PART)
    part: list[list[float | None]] = []
    for vector in vectors:
        part.append(vector)
        if len(part) == PART:
            _add(found, part, bins)
            part = []
    _add(found, part, bins)
    return {name: counts.tolist() for name, counts in found.items()}


def _add(
    found: dict[str, Floats],
    part: list[list[float | None]],
    bins: dict[str, dict[str, list[float]]],
) -> None:
    values = np.array(part, dtype=np.float64).reshape(len(part), len(NAMES))
    for at, name in enumerate(NAMES):
        column = values[:, at]
        known = column[~np.isnan(column)]
        places = np.searchsorted(bins[name]["edges"], known)
        found[name][:-1] += np.bincount(places, minlength=len(found[name]) - 1)
        found[name][-1] += len(column) - len(known)
