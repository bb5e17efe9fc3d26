"""Scores, episodes and tasks of customers who may leave."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from churn.models import ChurnEpisode, ChurnScore, ChurnSettings, ChurnTrial, RetentionTask
from churn.rules.features import GROUPS, NAMES
from churn.rules.learnt import FLAGGED
from tests.factories.customers import CustomerFactory

REASONS = [
    {"group": "payment", "code": "late_bills", "points": 20},
    {"group": "contact", "code": "oldest_unresolved", "points": 15},
]


MANY = len(NAMES) + len(FLAGGED)
METRICS = {
    "auc": 0.8213,
    "auc_low": 0.8,
    "auc_high": 0.84,
    "baseline": 0.664,
    "brier": 0.0247,
    "slope": 0.99,
    "ratio": 1.01,
    "tenths": [
        {
            "expected": 0.15 / number,
            "observed": 0.153 / number,
            "low": 0.14 / number,
            "high": 0.17 / number,
            "lift": 5.4 / number,
            "lift_low": 5.0 / number,
            "lift_high": 5.9 / number,
        }
        for number in range(1, 11)
    ],
    "groups": dict.fromkeys(GROUPS, 0.2),
    "uneven": [{"kind": "branch", "name": "Mirpur", "ratio": 1.4, "expected": 120.0}],
    "drift": [{"on": "2026-01-04", "psi": {"tenure": 0.3}}] * 2,
}
CONTENT = {
    "algorithm": "LOGISTIC",
    "coefficients": [0.55, *[0.0] * (MANY - 1)],
    "scale": [1.0] * MANY,
    "calibration": {"method": "sigmoid", "slope": 1.0, "intercept": 0.0},
}


def trial(**changed):
    """How a method did on invented customers: well."""
    return ChurnTrial.objects.create(
        **{
            "fingerprint": "t" * 64,
            "tried_at": datetime(2026, 1, 5, tzinfo=UTC),
            "customer_count": 8_000,
            "observation_count": 48_073,
            "leaver_count": 3_790,
            "algorithm": "LOGISTIC",
            "content": CONTENT,
            "metrics": METRICS,
            "noise_auc": 0.494,
            **changed,
        }
    )


def vector(**known):
    """A vector in the order of the features; what is not named is unknown."""
    return [known.get(name) for name in NAMES]


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = ChurnScore

    customer = factory.SubFactory(CustomerFactory)
    branch = factory.SelfAttribute("customer.branch")
    scored_at = datetime(2026, 1, 10, 1, tzinfo=UTC)
    points = 70
    level = "HIGH"
    level_since = date(2026, 1, 10)
    reasons = factory.LazyFunction(lambda: [dict(one) for one in REASONS])
    vector = factory.LazyFunction(lambda: vector(late_bills=4.0, oldest_unresolved=5.0))
    monthly_amount = Decimal("1000.00")
    at_stake = Decimal("700.00")


class EpisodeFactory(DjangoModelFactory):
    class Meta:
        model = ChurnEpisode

    customer = factory.SubFactory(CustomerFactory)
    number = 1
    began_on = date(2026, 1, 10)
    is_held_out = False


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = RetentionTask

    episode = factory.SubFactory(EpisodeFactory)
    customer = factory.SelfAttribute("episode.customer")
    due_on = date(2026, 1, 17)
    created_at = datetime(2026, 1, 10, 1, tzinfo=UTC)


def churn_settings(**values):
    """The settings with some of them changed."""
    return ChurnSettings.objects.update_or_create(pk=1, defaults=values)[0]
