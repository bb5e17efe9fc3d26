"""Usage as staff and customers see it: the table and the file say the same."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import CustomerLogin
from ispbill.core import clock
from network.models import Access
from network.usage.models import UsageCounter, UsageDay, UsageGap, UsageHour, UsagePoll, UsageSlot
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)  # 15:30 in Dhaka
GB = 10**9


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def line():
    line = AccessFactory(subscription__status="ACTIVE", subscription__billing_day=5)
    for n in range(3):
        UsageDay.objects.create(
            subscription=line.subscription,
            customer=line.customer,
            date=NOW.date() - timedelta(days=n),
            upload_bytes=n * GB,
            download_bytes=10 * GB + 5_000_000,
            source="MIKROTIK",
        )
    UsageHour.objects.create(
        subscription=line.subscription,
        customer=line.customer,
        hour_start=datetime(2026, 1, 20, 6, 0, tzinfo=UTC),
        source="MIKROTIK",
        upload_bytes=GB,
        download_bytes=2 * GB,
    )
    UsagePoll.objects.create(router=line.router, read_at=NOW)
    UsageGap.objects.create(
        router=line.router,
        since=NOW - timedelta(days=1, hours=2),
        until=NOW - timedelta(days=1, hours=1),
    )
    return line


def signed_in(client, role="NOC", **values):
    user = UserFactory(role=role, **values)
    client.force_login(user)
    return user


def test_the_month_shows_days_sums_and_the_gap(client, line):
    signed_in(client)

    page = client.get(reverse("staff_network:line-usage", args=[line.pk])).content.decode()

    assert "33.02 GB" in page  # 30.015 down and 3 up
    assert "1 h not measured" in page
    assert "MikroTik" in page


@pytest.mark.parametrize("span", ["day", "week", "month", "period"])
def test_the_file_is_the_table(client, line, span):
    signed_in(client)
    found = client.get(reverse("staff_network:line-usage", args=[line.pk]), {"span": span})
    file = client.get(reverse("staff_network:export-line-usage", args=[line.pk]), {"span": span})

    rows = file.content.decode().lstrip("\ufeff").splitlines()[1:]
    cells = [row.split(",") for row in rows]
    shown = [[row["download"], row["upload"], row["total"]] for row in found.context["rows"]]
    assert [[cell or "—" for cell in row[1:4]] for row in cells] == shown
    assert len(rows) == {"day": 16, "week": 7, "month": 20, "period": 16}[span]


def test_a_line_of_another_branch_is_not_there(client, line):
    signed_in(client, role="BRANCH_MANAGER", branch=RouterFactory().branch)

    for name in ("line-usage", "line-usage-panel", "export-line-usage", "line-fup"):
        assert client.get(reverse(f"staff_network:{name}", args=[line.pk])).status_code == 404


def test_a_customer_sees_the_own_lines_only_and_the_page_is_light(client, line):
    owner = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=line.customer, user=owner)
    client.force_login(owner)

    page = client.get(reverse("portal:usage"))
    assert page.status_code == 200
    assert "33.02 GB" in page.content.decode()
    assert len(page.content) < 60_000
    file = client.get(reverse("portal:export-usage"))
    assert file.content.decode().count("\n") == 17

    stranger = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=SubscriptionFactory().customer, user=stranger)
    client.force_login(stranger)
    assert "33.02 GB" not in client.get(reverse("portal:usage")).content.decode()


def test_sessions_can_be_found_and_ended_with_a_reason(client, line):
    UsageCounter.objects.create(
        subscription=line.subscription,
        router=line.router,
        session="a",
        began_at=NOW - timedelta(hours=3),
        read_at=NOW,
        upload_counter=1,
        download_counter=1,
        address="10.0.0.7",
        download_rate=12_300_000,
    )
    signed_in(client, role="OWNER")

    page = client.get(reverse("staff_network:sessions"), {"q": "10.0.0.7"}).content.decode()
    assert (line.username in page, "12.3 Mbit/s" in page) == (True, True)
    assert (
        line.username
        not in client.get(reverse("staff_network:sessions"), {"q": "10.0.0.8"})
        .content.decode()
        .split("</form>")[-1]
    )

    address = reverse("staff_network:restart-line", args=[line.pk])
    assert client.post(address, {"reason": "short"}).status_code == 422
    client.post(address, {"reason": "customer asked, the line hangs"})
    found = Access.objects.get(pk=line.pk)
    assert (found.is_in_doubt, found.generation) == (True, line.generation + 1)


def counted(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["bandwidth", "sessions", "heavy-users", "fair-use"])
def test_lists_ask_as_often_for_three_as_for_one(client, line, name):
    signed_in(client, role="OWNER")

    def another():
        line = AccessFactory(subscription__status="ACTIVE")
        UsageCounter.objects.create(
            subscription=line.subscription,
            router=line.router,
            began_at=NOW,
            read_at=NOW,
            upload_counter=1,
            download_counter=1,
        )
        UsagePoll.objects.create(router=line.router, read_at=NOW)
        UsageDay.objects.create(
            subscription=line.subscription,
            customer=line.customer,
            date=NOW.date() - timedelta(1),
            upload_bytes=1,
            download_bytes=1,
            source="MIKROTIK",
        )

    another()
    address = reverse(f"staff_network:{name}")
    client.get(address)
    first = counted(client, address)
    another()
    another()

    assert counted(client, address) == first


def test_traffic_of_a_router_breaks_where_nobody_measured(client, line):
    for minutes in (60, 55, 20):
        UsageSlot.objects.create(
            router=line.router,
            starts_at=NOW - timedelta(minutes=minutes),
            upload_bytes=37_500_000,
            download_bytes=375_000_000,
        )
    signed_in(client)

    found = client.get(reverse("staff_network:router-traffic", args=[line.router_id]))

    values = found.context["chart"].series[0].values
    assert [value for value in values if value is not None][-1] > 0
    assert values[0] is None
    assert "10.0 Mbit/s" in found.content.decode()
