"""Learns a model from the company's own history and lets it score, if it is good enough.

Imported by the training task alone: it brings scikit-learn with it.
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from churn.models import ChurnModel
from churn.rules import gates
from churn.rules.gates import Refusal
from churn.services import learning, reaches, warning
from churn.services.learning import Candidate, Learnt
from churn.services.sample import Sample, mature
from ispbill.audit.services import events
from ispbill.core.acts import Act

LACKING, UNCHANGED, LIVE, REFUSED, RULES = "lacking", "unchanged", "live", "refused", "rules"


class Trained(NamedTuple):
    """What came of a night's training.

    LACKING: too little history, `refusals` say of what. UNCHANGED: nothing new to learn from.
    LIVE: `model` scores from now on. REFUSED: `model` is not good enough, all stays as it was.
    RULES: neither is the one that scored, so the rules do.
    """

    code: str
    model: ChurnModel | None = None
    refusals: tuple[Refusal, ...] = ()


def train(*, at: datetime) -> Trained:
    """Learn from the mature observations as of `at`; the best candidate goes live or is refused."""
    sample = mature()
    if missing := learning.lacking(sample):
        return Trained(LACKING, refusals=tuple(missing))
    fingerprint = sample.fingerprint
    if ChurnModel.objects.filter(fingerprint=fingerprint).exists():
        return Trained(UNCHANGED)
    found = learning.learn(sample)
    if found.chosen is None:
        return Trained(LACKING, refusals=tuple(found.lacking))
    act = Act(None, at)
    with transaction.atomic():
        live = ChurnModel.objects.select_for_update().filter(state="ACTIVE").first()
        if not found.chosen.refusals and live is not None:
            _retire(live, gates.FOLLOWED)
        chosen, other = _keep(found, sample, fingerprint, at)
        if chosen.state == ChurnModel.State.ACTIVE:
            events.record(
                act=act, action="churn_model.activated", target=chosen, after=_said(chosen)
            )
            return Trained(LIVE, chosen)
        refusals = tuple(found.chosen.refusals)
        if live is not None and (turned := _failures(live, sample)):
            _retire(live, gates.TURNED, turned)
            events.record(act=act, action="churn_model.retired", target=live, after=_said(live))
            warning.failed(live, act=act)
            return Trained(RULES, chosen, refusals)
        return Trained(REFUSED, chosen, refusals)


def _failures(live: ChurnModel, sample: Sample) -> list[Refusal]:
    """Return what the live model fails at on the last mature months."""
    return gates.refusals(learning.tested_on(live.content, sample, live.last_month))


def _retire(live: ChurnModel, code: str, refusals: list[Refusal] | None = None) -> None:
    live.state = ChurnModel.State.RETIRED
    live.why = _why(refusals or [Refusal(code, 0, 0)])
    live.metrics = {**live.metrics, "ended": [list(one) for one in refusals or []]}
    live.save(update_fields=["state", "why", "metrics"])


def _keep(
    found: Learnt, sample: Sample, fingerprint: str, at: datetime
) -> tuple[ChurnModel, ChurnModel | None]:
    """Write the candidates down, the chosen one first."""
    assert found.chosen is not None  # noqa: S101 - the caller has looked
    uneven: list[dict[str, Any]] = []
    if found.tested is not None and found.probabilities is not None:
        uneven = reaches.uneven(found.tested, found.probabilities)
    months = sample.month_days()

    def kept(candidate: Candidate, extra: dict[str, Any]) -> ChurnModel:
        return ChurnModel.objects.create(
            trained_at=at,
            algorithm=candidate.algorithm,
            state="REFUSED" if candidate.refusals else "ACTIVE",
            why=_why(candidate.refusals),
            fingerprint=fingerprint,
            first_month=months[0],
            last_month=months[-1],
            observation_count=len(sample.left),
            leaver_count=sample.leavers,
            content=candidate.content,
            metrics={
                **candidate.metrics,
                **extra,
                "refusals": [list(one) for one in candidate.refusals],
            },
        )

    chosen = kept(found.chosen, {"uneven": uneven})
    return chosen, kept(found.other, {}) if found.other else None


def _why(refusals: list[Refusal]) -> str:
    return "; ".join(one.text for one in refusals)[:240]


def _said(model: ChurnModel) -> dict[str, Any]:
    return {
        "algorithm": model.algorithm,
        "auc": round(float(model.metrics.get("auc", 0)), 3),
        "leavers": model.leaver_count,
        "last_month": model.last_month.isoformat(),
        "why": model.why,
    }
