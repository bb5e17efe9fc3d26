"""Scores everybody in use, every night: by the model that is in use, or by the rules.

As of the last midnight of the company, so that a second run on the same day says the same. Written
some thousand rows at a time; who is no longer looked at loses the row.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from churn.models import ChurnCut, ChurnModel, ChurnScore, ChurnSettings
from churn.queries import learning, vectors
from churn.queries.vectors import Known
from churn.rules import levels, points
from churn.rules.features import FEATURES, NAMES
from customers.services import facts
from ispbill.accounts.models import Branch
from ispbill.audit.services.jobs import Progress, Tally
from ispbill.core import clock, locks, statements

_MONDAY = 0
_NEVER = levels.Cuts(levels.NOBODY, levels.NOBODY)
_TEMPORARY = """
    DROP TABLE IF EXISTS pg_temp.churn_tonight;
    CREATE TEMPORARY TABLE churn_tonight (
        customer_id bigint, branch_id bigint, probability float8, points smallint, level text,
        reasons jsonb, vector float8[], monthly_amount numeric, at_stake numeric) ON COMMIT DROP
"""
_COPY = """COPY churn_tonight (customer_id, branch_id, probability, points, level, reasons, vector,
    monthly_amount, at_stake) FROM STDIN"""
_UPSERT = """
    INSERT INTO churn_churnscore AS held (customer_id, branch_id, scored_at, model_id, probability,
        points, level, level_since, reasons, vector, monthly_amount, at_stake)
    SELECT n.customer_id, n.branch_id, %(at)s, %(model)s, n.probability, n.points, n.level, %(on)s,
        n.reasons, n.vector, n.monthly_amount, n.at_stake
    FROM churn_tonight n
    ON CONFLICT (customer_id) DO UPDATE SET
        branch_id = excluded.branch_id, scored_at = excluded.scored_at,
        model_id = excluded.model_id, probability = excluded.probability,
        points = excluded.points, level = excluded.level,
        level_since = CASE WHEN held.level = excluded.level THEN held.level_since
                           ELSE excluded.level_since END,
        reasons = excluded.reasons, vector = excluded.vector,
        monthly_amount = excluded.monthly_amount, at_stake = excluded.at_stake
"""
_RELEVEL = """
    UPDATE churn_churnscore SET level = w.level, level_since = %(on)s
    FROM (SELECT s.customer_id,
                 CASE WHEN s.probability >= c.high_from THEN 'HIGH'
                      WHEN s.probability >= c.medium_from THEN 'MEDIUM' ELSE 'LOW' END AS level
          FROM churn_churnscore s JOIN churn_churncut c ON c.branch_id = s.branch_id
          WHERE s.probability IS NOT NULL) w
    WHERE w.customer_id = churn_churnscore.customer_id AND w.level <> churn_churnscore.level
"""


class _Scored(NamedTuple):
    probability: float | None
    points: int
    level: str
    reasons: list[dict[str, Any]]


def recompute(*, at: datetime, rules_only: bool = False, progress: Progress | None = None) -> Tally:
    """Score everybody as of the company's last midnight before `at`; return how many."""
    on = clock.local_date(at)
    model = None if rules_only else learning.live()
    count = 0
    with locks.only_one("churn.scores") as is_free:
        if not is_free:
            return Tally(detail={"scored": 0, "by": "nobody: another run is at it"})
        cuts = _cuts(model)
        for part in vectors.known(at=clock.midnight(on), on=on, zone=str(clock.zone())):
            _write(part, _scored(part, model, cuts), model=model, at=at, on=on)
            count += len(part)
            if progress is not None:
                progress.advance(processed=len(part))
        ChurnScore.objects.exclude(scored_at=at).delete()
        if model is not None and (on.weekday() == _MONDAY or not cuts):
            _set_cuts(model, on=on)
            statements.run(_RELEVEL, {"on": on})
        changed = facts.note_churn_risks(_levels())
    return Tally(
        processed=0 if progress is not None else count,
        detail={"scored": count, "by": "model" if model else "rules", "changed": changed},
    )


def _scored(
    part: Sequence[Known], model: ChurnModel | None, cuts: dict[int, levels.Cuts]
) -> Iterator[_Scored]:
    if model is None:
        for one in part:
            total, reasons = points.score(dict(zip(NAMES, one.vector, strict=True)))
            told = [
                {"group": reason.group, "code": reason.code, "points": reason.points}
                for reason in reasons[: points.SHOWN]
            ]
            yield _Scored(None, total, points.level(total), told)
        return
    import numpy as np  # noqa: PLC0415 - only where a model is in use

    from churn.services import bulk_scores  # noqa: PLC0415

    known = np.array([one.vector for one in part], dtype=np.float64)
    found = bulk_scores.score(model.content, known)
    for one, probability, reasons_of in zip(
        part, found.probabilities.tolist(), bulk_scores.reasons(found.shares), strict=True
    ):
        level = levels.level(probability, cuts.get(one.branch_id, _NEVER))
        minded = points.score(dict(zip(NAMES, one.vector, strict=True)))[1]
        told = [
            {
                "group": reason.group,
                "code": _leading(reason.group, minded, one.vector, model.content),
                "times": round(reason.times, 1),
            }
            for reason in reasons_of
        ]
        yield _Scored(probability, round(100 * probability), level, told)


def _leading(
    group: str,
    minded: Sequence[points.Reason],
    vector: Sequence[float | None],
    content: dict[str, Any],
) -> str:
    """Return the feature that stands for a group: the one the rules mind, or the most unusual."""
    for reason in minded:
        if reason.group == group:
            return reason.code
    spans = zip(content["medians"], content["low"], content["high"], strict=True)
    unusual = {
        feature.name: 0.0 if value is None else abs(value - median) / ((high - low) or 1)
        for feature, value, (median, low, high) in zip(FEATURES, vector, spans, strict=True)
        if feature.group == group
    }
    return max(unusual, key=lambda name: unusual[name])


def _write(
    part: Sequence[Known],
    scored: Iterator[_Scored],
    *,
    model: ChurnModel | None,
    at: datetime,
    on: date,
) -> None:
    """Write a part's rows in two statements."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        with cursor.copy(_COPY) as copy:
            for known, score in zip(part, scored, strict=True):
                share = score.points / 100 if score.probability is None else score.probability
                copy.write_row(
                    (
                        known.customer_id,
                        known.branch_id,
                        score.probability,
                        score.points,
                        score.level,
                        json.dumps(score.reasons),
                        known.vector,
                        known.monthly_amount,
                        round(known.monthly_amount * Decimal(share), 2),
                    )
                )
        cursor.execute(_UPSERT, {"at": at, "model": model.pk if model else None, "on": on})


def _cuts(model: ChurnModel | None) -> dict[int, levels.Cuts]:
    """Return the cuts that hold for a model, by branch; none: they have to be set."""
    rows = ChurnCut.objects.filter(model=model) if model is not None else ChurnCut.objects.none()
    return {one.branch_id: levels.Cuts(one.high_from, one.medium_from) for one in rows}


def _set_cuts(model: ChurnModel, *, on: date) -> None:
    """Set each branch's cuts by what can be called there."""
    calls = ChurnSettings.current().calls_per_week
    rows = []
    for branch in Branch.objects.all():
        ours = ChurnScore.objects.filter(branch=branch, probability__isnull=False)
        probabilities = [one or 0.0 for one in ours.values_list("probability", flat=True)]
        cut = levels.cuts(probabilities, base_rate=model.metrics["base_rate"], calls_per_week=calls)
        rows.append(
            ChurnCut(
                branch=branch, set_on=on, model=model, high_from=cut.high, medium_from=cut.medium
            )
        )
    ChurnCut.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["branch"],
        update_fields=["set_on", "model", "high_from", "medium_from"],
    )


def _levels() -> dict[int, str]:
    """Return who is not at low risk, by customer."""
    risky = ChurnScore.objects.exclude(level="LOW")
    return dict(risky.values_list("customer_id", "level"))
