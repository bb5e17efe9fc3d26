"""Odd usage is found, told once, and put aside with a reason; lists know what a cycle used."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers.models import AccountState
from ispbill.core.acts import Act
from network.usage.models import UsageAlert, UsageDay
from network.usage.services import alerts, noting
from tests.factories.accounts import UserFactory
from tests.factories.customers import PackageFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 20)
GB = 10**9


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


def used(line, size, *, ago=1):
    UsageDay.objects.create(
        subscription=line.subscription,
        customer=line.customer,
        date=ON - timedelta(days=ago),
        upload_bytes=0,
        download_bytes=size * GB,
        source="MIKROTIK",
    )


def found():
    alerts.find(on=ON)
    return sorted(UsageAlert.objects.values_list("subscription_id", "kind"))


def test_heavy_is_beside_the_median_of_twenty_lines():
    router, package = RouterFactory(), PackageFactory()
    lines = AccessFactory.create_batch(20, router=router, subscription__package=package)
    for line in lines[:19]:
        used(line, 10)
    used(lines[19], 41)

    assert found() == [(lines[19].subscription_id, "HEAVY")]


@pytest.mark.parametrize(
    ("days", "usual", "yesterday", "is_odd"),
    [(7, 10, 31, True), (6, 10, 31, False), (7, 10, 30, False), (7, 5, 24, False)],
)
def test_a_jump_is_beside_a_fortnight(days, usual, yesterday, is_odd):
    line = AccessFactory()
    for ago in range(2, 2 + days):
        used(line, usual, ago=ago)
    used(line, yesterday)

    assert found() == ([(line.subscription_id, "JUMP")] if is_odd else [])


def test_put_aside_it_is_silent_for_thirty_days():
    line = AccessFactory()
    for ago in range(2, 9):
        used(line, 1, ago=ago)
    used(line, 90)
    found()
    act = Act(
        UserFactory(role="NOC"), datetime(2026, 1, 20, 4, tzinfo=UTC), reason="a family feast"
    )
    alerts.dismiss(alert=UsageAlert.objects.get(), act=act)
    UsageAlert.objects.update(on=ON - timedelta(days=5))

    assert len(found()) == 1
    UsageAlert.objects.update(silent_until=ON)
    assert len(found()) == 2


def test_lists_know_what_a_customer_used_in_the_cycle():
    line = AccessFactory(subscription__billing_day=15, subscription__status="ACTIVE")
    used(line, 7)
    used(line, 5, ago=5)
    used(line, 100, ago=6)  # 14 January: the cycle before

    assert noting.note_cycles(on=ON) == 1
    assert noting.note_cycles(on=ON) == 0
    assert AccountState.objects.get(pk=line.customer_id).usage_cycle_gb == Decimal(12)
