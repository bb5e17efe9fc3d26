"""Scores, episodes and tasks of customers who may leave."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from churn.models import ChurnEpisode, ChurnScore, ChurnSettings, RetentionTask
from churn.rules.features import NAMES
from tests.factories.customers import CustomerFactory

REASONS = [
    {"group": "payment", "code": "late_bills", "points": 20},
    {"group": "contact", "code": "oldest_unresolved", "points": 15},
]


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
