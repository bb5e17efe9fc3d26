"""Tests as people look for them: of a service, the low ones, by package and area."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from network.speedtest.models import SpeedTest

SHOWN = 20
_VERDICT = SpeedTest.Verdict


class Group(NamedTuple):
    """The tests of a package or an area: how many, how many were poor, and the middle one."""

    name: str
    tests: int
    poor: int
    median_percent: int


def done() -> QuerySet[SpeedTest]:
    """Return the tests that came to an end, the newest first."""
    return SpeedTest.objects.filter(finished_at__isnull=False).order_by("-started_at", "-pk")


def of_service(subscription_id: int, *, most: int = SHOWN) -> Sequence[SpeedTest]:
    """Return a service's latest tests, the newest first."""
    return list(done().filter(subscription=subscription_id)[:most])


def last_of_customer(customer_id: int) -> SpeedTest | None:
    """Return the latest test of any of a customer's services."""
    return done().filter(customer=customer_id).select_related("subscription__package").first()


def own(customer_ids: Iterable[int]) -> QuerySet[SpeedTest]:
    """Return the tests of a portal request's accounts."""
    return SpeedTest.objects.filter(customer__in=list(customer_ids))


def visible_to(user: User) -> QuerySet[SpeedTest]:
    """Return the tests a member of staff may see."""
    found = SpeedTest.objects.all()
    branch_id = branch_scope(user)
    return found if branch_id is None else found.filter(customer__branch=branch_id)


def viewed(user: User, *, view: str, words: str) -> QuerySet[SpeedTest]:
    """Return finished tests of a tab (every, or a verdict in small letters), searched."""
    found = visible_to(user).filter(finished_at__isnull=False)
    if view.upper() in _VERDICT.values:
        found = found.filter(verdict=view.upper())
    if view == "foreign":
        found = found.exclude(place=SpeedTest.Place.OWN)
    if words:
        found = found.filter(
            Q(customer__name__icontains=words)
            | Q(customer__number__iexact=words)
            | Q(subscription__connection_id__iexact=words)
            | Q(customer__area__name__icontains=words)
            | Q(subscription__package__name__icontains=words)
        )
    return found


def counts(user: User) -> dict[str, int]:
    """Return how many tests each tab has."""
    return (
        visible_to(user)
        .filter(finished_at__isnull=False)
        .aggregate(
            every=Count("pk"),
            poor=Count("pk", filter=Q(verdict=_VERDICT.POOR)),
            weak=Count("pk", filter=Q(verdict=_VERDICT.WEAK)),
            good=Count("pk", filter=Q(verdict=_VERDICT.GOOD)),
            foreign=Count("pk", filter=~Q(place=SpeedTest.Place.OWN)),
        )
    )


def grouped(user: User, *, by: str, since: datetime) -> list[Group]:
    """Return the judged tests since a moment by package or area, the worst first."""
    name = {"package": "subscription__package__name", "area": "customer__area__name"}[by]
    rows = (
        visible_to(user)
        .exclude(verdict="")
        .filter(started_at__gte=since)
        .values(name=F(name))
        .annotate(
            tests=Count("pk"),
            poor=Count("pk", filter=Q(verdict=_VERDICT.POOR)),
            percents=ArrayAgg("percent", order_by="percent"),
        )
    )
    found = [
        Group(row["name"], row["tests"], row["poor"], _middle(row["percents"])) for row in rows
    ]
    return sorted(found, key=lambda one: (one.median_percent, one.name))


def _middle(percents: Sequence[int]) -> int:
    half = len(percents) // 2
    if len(percents) % 2:
        return percents[half]
    return int(Decimal(percents[half - 1] + percents[half]) / 2)
