"""What is written down each night of how customers use their lines, and the list narrowed by it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import AccountState, OttApp
from customers.queries import directory
from customers.queries.directory import Filters
from network import tasks
from network.outages.models import Outage, OutageScope
from network.outages.services import picture
from network.usage.models import UsageHour
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.speedtest import SpeedTestFactory

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 2, 9, 22, 20, tzinfo=UTC)  # 04:20 in Dhaka
MIDNIGHT = datetime(2026, 2, 9, 18, 0, tzinfo=UTC)


def state(service):
    return AccountState.objects.get(customer=service.customer)


def hour(service, local, size, source="RADIUS"):
    UsageHour.objects.create(
        subscription=service,
        customer=service.customer,
        hour_start=MIDNIGHT - timedelta(days=1) + timedelta(hours=local),
        source=source,
        upload_bytes=0,
        download_bytes=size,
    )


def outage(service, *, began, hours, **values):
    made = Outage.objects.create(
        number=f"OUT-2026-{Outage.objects.count() + 1:05d}",
        state="COMPLETED" if values.get("is_planned") else "RESOLVED",
        title="No connection",
        branch=service.customer.branch,
        started_at=began,
        restored_at=began + timedelta(hours=hours),
        created_at=began,
        **values,
    )
    OutageScope.objects.create(
        outage=made, area=service.customer.area, started_at=began, ended_at=made.restored_at
    )


def test_uptime_is_what_outages_of_thirty_days_leave():
    service = SubscriptionFactory()
    other = SubscriptionFactory(activated_on=date(2026, 2, 5))
    outage(service, began=MIDNIGHT - timedelta(days=3), hours=7)
    outage(service, began=MIDNIGHT - timedelta(days=3, hours=-5), hours=2.2)  # overlaps
    outage(service, began=MIDNIGHT - timedelta(days=40), hours=24)

    picture.note(at=NIGHT)

    # 7 h 12 min of 720 hours are missing.
    assert state(service).uptime_percent == Decimal("99.00")
    assert state(other).uptime_percent == Decimal("100.00")


@pytest.mark.parametrize(
    "spared", [{"not_ours_reason": "a cut of power in the whole town"}, {"is_planned": True}]
)
def test_what_was_not_ours_or_was_planned_costs_no_uptime(spared):
    service = SubscriptionFactory()
    began = MIDNIGHT - timedelta(days=3)
    if "is_planned" in spared:
        spared = {**spared, "expected_at": began + timedelta(hours=9)}
    outage(service, began=began, hours=7, **spared)

    picture.note(at=NIGHT)

    assert state(service).uptime_percent == Decimal("100.00")


def test_peak_hours_are_the_three_with_most_traffic_and_may_pass_midnight():
    evening, night = SubscriptionFactory(), SubscriptionFactory()
    for local, size in ((9, 50), (19, 30), (20, 40), (21, 60), (22, 40)):
        hour(evening, local, size)
    for local, size in ((22, 5), (23, 50), (0, 60), (1, 40)):
        hour(night, local, size)

    picture.note(at=NIGHT)

    assert (state(evening).peak_hours, state(night).peak_hours) == ("20–23", "23–02")


def test_speed_and_app_are_noted_and_nothing_is_noted_twice():
    service, silent = SubscriptionFactory(), SubscriptionFactory()
    service.package.ott_apps.add(OttApp.objects.create(name="Bongo"))
    for mbps in ("20.00", "30.50"):
        SpeedTestFactory(
            subscription=service, started_at=NIGHT - timedelta(days=2), download_mbps=Decimal(mbps)
        )

    first, again = picture.note(at=NIGHT), picture.note(at=NIGHT)

    assert (state(service).average_mbps, state(service).top_ott_app) == (Decimal("25.25"), "Bongo")
    assert (state(silent).average_mbps, state(silent).peak_hours) == (None, "")
    assert (first, again) == (2, 0)


def test_the_job_leaves_a_line_in_the_log():
    SubscriptionFactory()
    tasks.note_picture()


FACTS = {
    "ott": "Bongo",
    "nps": "detractor",
    "stars_to": "3",
    "value_to": "500",
    "speed_to": "20",
    "uptime_to": "99",
    "peak": "0",
}


@pytest.mark.parametrize("name", FACTS)
def test_the_list_is_narrowed_by_each_fact(client, name):
    low, high = SubscriptionFactory().customer, SubscriptionFactory().customer
    AccountState.objects.filter(customer=low).update(
        top_ott_app="Bongo",
        nps=3,
        satisfaction=Decimal("2.5"),
        lifetime_value_amount=100,
        average_mbps=Decimal(10),
        uptime_percent=Decimal("97.5"),
        peak_hours="23–02",
    )
    AccountState.objects.filter(customer=high).update(
        top_ott_app="Chorki",
        nps=10,
        satisfaction=Decimal("4.5"),
        lifetime_value_amount=9000,
        average_mbps=Decimal(80),
        uptime_percent=Decimal("99.9"),
        peak_hours="20–23",
    )
    client.force_login(UserFactory(role="OWNER"))

    page = client.get(reverse("staff_customers:index"), {name: FACTS[name]}).content.decode()

    assert (low.number in page, high.number in page) == (True, False)


def test_filters_of_facts_are_kept_for_a_job():
    filters = Filters(stars_to=Decimal(3), uptime_to=Decimal("99.5"), peak=20, nps="promoter")

    assert directory.thawed(directory.frozen(filters)) == filters


def test_the_columns_of_facts_are_shown(client):
    customer = SubscriptionFactory().customer
    AccountState.objects.filter(customer=customer).update(
        satisfaction=Decimal("4.25"), peak_hours="20–23", uptime_percent=Decimal("99.51")
    )
    user = UserFactory(
        role="OWNER",
        preferences={
            "customers": {"columns": ["stars", "peak", "uptime", "speed", "value", "ott"]}
        },
    )
    client.force_login(user)

    page = client.get(reverse("staff_customers:index")).content.decode()

    assert all(word in page for word in (">4.25<", ">20&#8211;23<", ">99.51 %<"))
