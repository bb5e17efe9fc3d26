"""Tries the way models are learnt on invented customers whose causes of leaving are known.

Imported by the training task alone: it brings scikit-learn with it. Nothing here is of the
company; a method that finds what was put in, and nothing where nothing is, may learn from it.
"""

import hashlib
from datetime import datetime

from churn.models import ChurnTrial
from churn.rules.causes import BASE, CAUSES
from churn.rules.features import NAMES
from churn.services import histories, learning
from churn.services.histories import MONTHS
from churn.services.sample import METHOD

CUSTOMERS = 8_000  # a quarter of a minute
STAYERS = 0.3  # of those who stayed, as the company's own observations are drawn


def try_method(*, at: datetime) -> ChurnTrial | None:
    """Try the method that learns now, once; None where it was tried before."""
    fingerprint = _fingerprint()
    if ChurnTrial.objects.filter(fingerprint=fingerprint).exists():
        return None
    drawn = histories.draw(CUSTOMERS)
    sample = histories.sample(drawn, stayers=STAYERS)
    found = learning.learn(sample).chosen
    noise = learning.learn(histories.sample(histories.shuffled(drawn), stayers=STAYERS)).chosen
    assert found is not None and noise is not None  # noqa: S101, PT018 - histories are long enough
    trial, _is_new = ChurnTrial.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={
            "tried_at": at,
            "customer_count": CUSTOMERS,
            "observation_count": len(sample.left),
            "leaver_count": sample.leavers,
            "algorithm": found.algorithm,
            "why": "; ".join(one.text for one in found.refusals)[:240],
            "content": found.content,
            "metrics": found.metrics,
            "noise_auc": noise.metrics["auc"],
        },
    )
    return trial


def _fingerprint() -> str:
    """Tell this way of learning, and what it is tried on, from any other."""
    method = f"{METHOD} {NAMES} {CUSTOMERS} {STAYERS} {MONTHS} {BASE} {CAUSES}"
    return hashlib.sha256(method.encode()).hexdigest()
