"""Observations as arrays: what training reads, and what it is told apart by."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn.models import ChurnObservation
from churn.rules.features import NAMES

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

METHOD = 1  # how models are learnt: a change makes a new model of the same data
PART = 10_000  # rows read at a time


class Sample(NamedTuple):
    """Observations with known labels. Months are proleptic ordinals of their first days."""

    customers: Whole
    months: Whole
    vectors: Floats  # NaN is unknown
    left: Floats  # 1 or 0
    weights: Floats

    def where(self, chosen: NDArray[Any]) -> "Sample":
        """Return some of the observations."""
        return Sample(*(column[chosen] for column in self))

    def of(self, months: list[date]) -> "Sample":
        """Return the observations of some months."""
        return self.where(np.isin(self.months, [month.toordinal() for month in months]))

    def month_days(self) -> list[date]:
        """Return the months there are, in order."""
        return [date.fromordinal(int(one)) for one in np.unique(self.months)]

    @property
    def leavers(self) -> int:
        return int(self.left.sum())

    @property
    def fingerprint(self) -> str:
        """Tell this data and this way of learning from any other."""
        found = hashlib.sha256(f"{METHOD} {NAMES}".encode())
        for column in self:
            found.update(np.ascontiguousarray(column).tobytes())
        return found.hexdigest()


def mature() -> Sample:
    """Read the observations whose outcome is known.

    Left out: who moved away, died or was ended by us, and episodes in which somebody called (those
    left alone weigh for them). The rest weighs as it was drawn.
    """
    rows = (
        ChurnObservation.objects.filter(has_left__isnull=False, is_dropped=False, was_treated=False)
        .order_by("month", "customer_id")
        .values_list("customer_id", "month", "vector", "has_left", "weight")
    )
    parts, part = [], []
    for row in rows.iterator(chunk_size=PART):
        part.append(row)
        if len(part) == PART:
            parts.append(_arrays(part))
            part = []
    parts.append(_arrays(part))
    return Sample(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _arrays(rows: list[Any]) -> Sample:
    return Sample(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1].toordinal() for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64).reshape(len(rows), len(NAMES)),
        np.array([row[3] for row in rows], dtype=np.float64),
        np.array([row[4] for row in rows], dtype=np.float64),
    )
