"""Learns from a sample: both kinds of model, each tested on months it had not seen.

Nothing here touches the database; `churn.services.training` reads, calls this, and writes.
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from churn.rules import gates, learnt
from churn.rules.features import GROUPS
from churn.rules.gates import Refusal
from churn.services import bulk_scores, fitting, measuring
from churn.services.sample import Floats, Sample


class Candidate(NamedTuple):
    """One kind of model: its figures on the test months and why it may not score, if so.

    `content` is learnt from all mature months, and empty where the model is not to be used.
    """

    algorithm: str
    metrics: dict[str, Any]
    refusals: list[Refusal]
    content: dict[str, Any]


class Learnt(NamedTuple):
    """What came of learning: what history lacks, or the better candidate and the other."""

    lacking: list[Refusal]
    chosen: Candidate | None = None
    other: Candidate | None = None
    tested: Sample | None = None  # the test months
    probabilities: Floats | None = None  # of the chosen one, for `tested`


def learn(sample: Sample) -> Learnt:
    """Learn from mature observations; say which model is best and whether it is good enough.

    One thread: several that wait for each other on a busy machine take thirty times as long.
    """
    with threadpool_limits(limits=1):
        return _learn(sample)


def _learn(sample: Sample) -> Learnt:
    months = sample.month_days()
    missing = lacking(sample)
    if missing:
        return Learnt(missing)
    if leaking := gates.leaks(measuring.alone(sample)):
        return Learnt([], Candidate(learnt.LOGISTIC, {}, leaking, {}))
    tested = sample.of(months[-gates.TEST_MONTHS :])
    linear, boosted = (
        _predicted(algorithm, sample) for algorithm in (learnt.LOGISTIC, learnt.BOOSTING)
    )
    gap, low, high = measuring.difference(boosted, linear, tested)
    is_boosting = gates.boosting_wins(gap, low)
    against = {"difference": gap, "difference_low": low, "difference_high": high}
    first = _candidate(learnt.LOGISTIC, linear, tested, against)
    second = _candidate(learnt.BOOSTING, boosted, tested, against)
    chosen, other = (second, first) if is_boosting else (first, second)
    if not chosen.refusals:
        content = whole(chosen.algorithm, sample)
        metrics = {**chosen.metrics, "groups": _moved(content, tested)}
        chosen = chosen._replace(content=content, metrics=metrics)
    if not other.refusals:
        code = gates.BEATEN if is_boosting else gates.SIMPLER
        other = other._replace(refusals=[Refusal(code, gap, gates.BOOSTING_GAIN)])
    return Learnt([], chosen, other, tested, boosted if is_boosting else linear)


def lacking(sample: Sample) -> list[Refusal]:
    """Return what the history is too short of."""
    months = sample.month_days()
    recent = sample.of(months[-gates.TEST_MONTHS :]).leavers
    found = gates.lacking(len(months), sample.leavers, recent)
    if found:
        return found
    # Each origin needs somebody who left, to learn from and to calibrate by.
    least = min(
        part.leavers for _month, known in gates.origins(months) for part in _parts(sample, known)
    )
    return [] if least else [Refusal(gates.LEAVERS, 0, 1)]


def tested_on(content: learnt.Content, sample: Sample, after: date) -> dict[str, Any]:
    """Measure a model on the last mature months, on those it never saw where there are any."""
    last = sample.month_days()[-gates.TEST_MONTHS :]
    tested = sample.of([month for month in last if month > after] or last)
    return measuring.measure(
        bulk_scores.score(content, tested.vectors, with_shares=False).probabilities, tested
    )


def _predicted(algorithm: str, sample: Sample) -> Floats:
    """Return probabilities for the test months, each by a model that knew only what was mature."""
    found = []
    for month, known in gates.origins(sample.month_days()):
        training, calibrating = _parts(sample, known)
        content = fitting.content(algorithm, training, calibrating)
        vectors = sample.of([month]).vectors
        found.append(bulk_scores.score(content, vectors, with_shares=False).probabilities)
    return np.concatenate(found)


def _parts(sample: Sample, known: list[date]) -> tuple[Sample, Sample]:
    cut = -gates.CALIBRATION_MONTHS
    return sample.of(known[:cut]), sample.of(known[cut:])


def _candidate(
    algorithm: str, probabilities: Floats, tested: Sample, against: dict[str, float]
) -> Candidate:
    metrics = {**measuring.measure(probabilities, tested), **against}
    return Candidate(algorithm, metrics, gates.refusals(metrics), {})


def _moved(content: learnt.Content, tested: Sample) -> dict[str, float]:
    """Return by how much each group moves the logit, on average over some customers."""
    shares = bulk_scores.score(content, tested.vectors[: bulk_scores.PART]).shares
    return dict(zip(GROUPS, np.abs(shares).mean(axis=0).tolist(), strict=True))


def whole(algorithm: str, sample: Sample) -> dict[str, Any]:
    """Learn from every mature month, the last two calibrating."""
    return fitting.content(algorithm, *_parts(sample, sample.month_days()))
