"""Kept vectors of a million customers scored: read, probabilities and reasons, of both models.

The models are learnt from invented histories. The reference is scikit-learn's own trees on the
same columns in memory, without reading, calibration or reasons.

`nights`: the whole of `recompute_churn` by rules and by the trees, from the facts of a company
(a tenth owes) to the scores written and the levels noted, twice: the first night writes every row,
the second finds them. Days of usage are not among the facts.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from churn.models import ChurnModel, ChurnScore
from churn.rules import learnt
from churn.services import bulk_scores, fitting, histories, learning, scoring
from churn.services.sample import Sample
from ispbill.devtools.bench import population, scratch

NIGHT = datetime(2026, 3, 10, tzinfo=UTC)
LEARNT_FROM = 4_000  # customers
DIFFERENT = 20_000  # vectors; every so many customers have the same one
_ROWS = """
    INSERT INTO churn_churnscore (customer_id, branch_id, scored_at, points, level, level_since,
        reasons, vector, monthly_amount, at_stake)
    SELECT n, 1, now(), 0, 'LOW', current_date, '[]', one.vector, 1000, 0
    FROM generate_series(1, %s) n JOIN bench_vectors one ON one.id = n %% %s
"""


def run(*, scale: int) -> dict[str, Any]:
    """Score `scale` customers by each kind of model; seconds, and the most memory ever held."""
    sample = histories.sample(histories.draw(LEARNT_FROM), stayers=0.3)
    contents = {
        algorithm: learning.whole(algorithm, sample)
        for algorithm in (learnt.LOGISTIC, learnt.BOOSTING)
    }
    nights = _nights(scale, contents[learnt.BOOSTING])
    with scratch.database("churn"):
        _fill(scale, sample)
        return {
            "name": "churn",
            "scale": scale,
            **{name.lower(): _scored(content) for name, content in contents.items()},
            "reference": _reference(scale, sample),
            "nights": nights,
        }


def _nights(scale: int, content: learnt.Content) -> dict[str, Any]:
    """Return the seconds of whole nights, and the most memory each held."""
    with scratch.database("churn_nights"):
        population.fill(scale)
        population.owe(on=NIGHT.date())
        scratch.vacuum()
        found = {"by_rules": _night(0), "by_rules_again": _night(1)}
        ChurnModel.objects.create(
            trained_at=NIGHT,
            algorithm=content["algorithm"],
            state="ACTIVE",
            fingerprint="bench",
            first_month=NIGHT.date(),
            last_month=NIGHT.date(),
            observation_count=1,
            leaver_count=1,
            content=content,
            metrics={"base_rate": 0.02},
        )
        return {**found, "by_trees": _night(2)}


def _night(later: int) -> dict[str, Any]:
    _forget_peak()
    start = time.perf_counter()
    tally = scoring.recompute(at=NIGHT + timedelta(days=later))
    seconds = round(time.perf_counter() - start, 1)
    return {"seconds": seconds, "scored": tally.detail["scored"], "memory_mb": _peak_mb()}


def _fill(scale: int, sample: Sample) -> None:
    """Fill the scores' table with vectors; nobody is behind them, so its keys go first."""
    with scratch.owner() as owner:
        keys = owner.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = 'churn_churnscore'::regclass AND contype = 'f'"
        ).fetchall()
        for (key,) in keys:
            owner.execute(f'ALTER TABLE churn_churnscore DROP CONSTRAINT "{key}"')
        owner.execute("CREATE TABLE bench_vectors (id int PRIMARY KEY, vector float8[])")
        many = min(DIFFERENT, len(sample.vectors))
        with owner.cursor().copy("COPY bench_vectors FROM STDIN") as copy:
            for number, vector in enumerate(sample.vectors[:many]):
                copy.write_row((number, [_known(value) for value in vector]))
        owner.execute(_ROWS, (scale, many))
    scratch.vacuum()


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _scored(content: learnt.Content) -> dict[str, Any]:
    _forget_peak()
    start, scored, explained = time.perf_counter(), 0, 0
    part: list[list[float | None]] = []
    vectors = ChurnScore.objects.values_list("vector", flat=True)
    for vector in vectors.iterator(chunk_size=bulk_scores.PART):
        part.append(vector)
        if len(part) == bulk_scores.PART:
            explained += _part(content, part)
            scored, part = scored + len(part), []
    explained += _part(content, part)
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "scored": scored + len(part),
        "with_reasons": explained,
        "memory_mb": _peak_mb(),
    }


def _part(content: learnt.Content, part: list[list[float | None]]) -> int:
    values = np.array(part, dtype=np.float64).reshape(len(part), len(content["medians"]))
    found = bulk_scores.score(content, values)
    return sum(bool(reasons) for reasons in bulk_scores.reasons(found.shares))


def _reference(scale: int, sample: Sample) -> dict[str, Any]:
    frame = fitting.frame(sample)
    known = bulk_scores.columns(frame, sample.vectors).T
    theirs = fitting.boosting(known, sample.left, sample.weights)
    part = np.resize(known, (bulk_scores.PART, known.shape[1]))
    start = time.perf_counter()
    for _part_of in range(0, scale, bulk_scores.PART):
        theirs.predict_proba(part)
    return {"seconds": round(time.perf_counter() - start, 1)}


def _forget_peak() -> None:
    """Let Linux measure the most memory held from here on."""
    with suppress(OSError), open("/proc/self/clear_refs", "w") as asked:
        asked.write("5")


def _peak_mb() -> float | None:
    with suppress(OSError), open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith("VmHWM"):
                return round(int(line.split()[1]) / 1024, 1)
    return None
