"""A customer measures the line: who may and how often, what the numbers mean, who sees them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import CustomerLogin
from ispbill.core import clock
from network.speedtest.forms.speed import SettingsForm
from network.speedtest.models import SpeedTest, SpeedTestSettings
from network.speedtest.rules import chunks, verdicts
from network.speedtest.rules.verdicts import Speeds
from network.speedtest.services import passes
from network.speedtest.services.passes import Pass
from network.usage.models import UsageCounter
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.speedtest import SpeedTestFactory
from tests.queued import instead_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
HOME = "10.20.0.7"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    instead_of(monkeypatch, "network.push_router")
    cache.clear()


@pytest.fixture
def line():
    line = AccessFactory(subscription__status="ACTIVE", desired_profile="ispbill-20M-20M")
    UsageCounter.objects.create(
        subscription=line.subscription,
        router=line.router,
        session="a",
        began_at=NOW - timedelta(hours=3),
        read_at=NOW,
        upload_counter=1,
        download_counter=1,
        address=HOME,
    )
    return line


@pytest.fixture
def customer(client, line):
    owner = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=line.customer, user=owner)
    client.force_login(owner)
    return client


def begun(client, address=HOME, **values):
    answer = client.post(reverse("portal:begin-speed-test"), values, REMOTE_ADDR=address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def finished(client, test, **values):
    numbers = {"download": "15.9", "upload": "19", "ping": "4.2", "jitter": "0.6"} | values
    return client.post(reverse("portal:finish-speed-test"), {"test": test, **numbers})


def test_the_worse_direction_counts_rounded_down():
    measured = Speeds(Decimal("15.9"), Decimal("19"))
    percent = verdicts.percent_of(measured, Speeds(Decimal(20), Decimal(20)))

    assert percent == 79
    assert [verdicts.verdict_of(n, good=80, weak=50) for n in (80, 79, 50, 49)] == [
        "GOOD",
        "WEAK",
        "WEAK",
        "POOR",
    ]


def test_what_a_test_costs_is_said_before_and_bounded():
    twenty = Speeds(Decimal(20), Decimal(20))
    gigabit = Speeds(Decimal(1000), Decimal(1000))

    assert verdicts.data_used(twenty, seconds=10, most_megabytes=400) == 55
    assert verdicts.data_used(gigabit, seconds=10, most_megabytes=400) == 400


@pytest.mark.parametrize(
    ("asked", "given"), [("", 4), ("abc", 4), ("0", 4), ("-1", 4), ("100", 100), ("5000", 1024)]
)
def test_libre_speed_asks_for_chunks(asked, given):
    assert chunks.asked(asked) == given


def test_a_result_is_kept_against_the_speed_in_force_once(customer, line):
    test = begun(customer, medium="CABLE")["test"]

    page = finished(customer, test)

    assert "15.9 of 20 Mbps down, 19.0 of 20 up: 79% of the speed in force" in (
        page.content.decode()
    )
    row = SpeedTest.objects.get(pk=test)
    assert (row.percent, row.verdict, row.place, row.medium) == (79, "WEAK", "OWN", "CABLE")
    assert finished(customer, test).status_code == 409


def test_from_another_address_there_is_no_verdict(customer):
    test = begun(customer, address="198.51.100.9")["test"]

    assert "Not from this line" in finished(customer, test).content.decode()
    row = SpeedTest.objects.get(pk=test)
    assert (row.place, row.verdict, row.percent) == ("FOREIGN", "", 79)


def test_an_address_of_our_cgnat_is_the_own_line(customer):
    SpeedTestSettings.objects.create(pk=1, networks="203.0.113.0/24, 2001:db8::/32")

    begun(customer, address="203.0.113.80")

    assert SpeedTest.objects.get().place == "OWN"


@pytest.mark.parametrize(
    "wrong", [{"download": "NaN"}, {"upload": "-1"}, {"ping": "Infinity"}, {"download": "10001"}]
)
def test_numbers_no_line_has_are_refused(customer, wrong):
    test = begun(customer)["test"]

    assert finished(customer, test, **wrong).status_code == 400
    assert not SpeedTest.objects.filter(finished_at__isnull=False).exists()


def test_one_a_minute_and_twenty_a_day(customer, line, monkeypatch):
    begin = reverse("portal:begin-speed-test")
    begun(customer)
    assert customer.post(begin).status_code == 429
    for n in range(19):
        SpeedTestFactory(
            subscription=line.subscription, started_at=NOW - timedelta(minutes=10 * n + 10)
        )
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
    refused = customer.post(begin)
    assert (refused.status_code, "twenty times" in refused.json()["error"]) == (429, True)


def test_not_more_at_once_than_one_chose(customer, line):
    SpeedTestSettings.objects.create(pk=1, most_at_once=1)
    SpeedTestFactory(
        started_at=NOW,
        finished_at=None,
        download_mbps=None,
        upload_mbps=None,
        ping_ms=None,
        jitter_ms=None,
        percent=None,
        verdict="",
    )

    refused = customer.post(reverse("portal:begin-speed-test"))

    assert (refused.status_code, "Others are testing" in refused.json()["error"]) == (429, True)


def test_a_service_that_is_not_switched_on_is_not_tested(client):
    service = SubscriptionFactory(status="PENDING", activated_on=None)
    owner = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=service.customer, user=owner)
    client.force_login(owner)

    assert client.post(reverse("portal:begin-speed-test")).status_code == 409
    assert "not switched on" in client.get(reverse("portal:speed-test")).content.decode()


def test_others_cannot_hand_in_or_see_a_test(client, customer):
    test = begun(customer)["test"]
    stranger = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(customer=SpeedTestFactory().customer, user=stranger)
    client.force_login(stranger)

    assert finished(client, test).status_code == 404
    page = client.get(f"{reverse('portal:add-ticket')}?speed={test}")
    assert "Sent along" not in page.content.decode()


def test_a_result_goes_to_support_and_stands_beside_the_ticket(client, customer, line):
    test = begun(customer)["test"]
    finished(customer, test, download="2")
    address = f"{reverse('portal:add-ticket')}?speed={test}"
    assert "Sent along:" in customer.get(address).content.decode()

    customer.post(address, {"category": "speed", "text": "It crawls every evening."})

    ticket = Ticket.objects.get()
    assert (ticket.speed_test_id, ticket.subscription_id) == (test, line.subscription_id)
    assert "10% of the speed in force" in ticket.comments.get().text
    client.force_login(UserFactory(role="SUPPORT"))
    page = client.get(reverse("staff_tickets:ticket", args=[ticket.number])).content.decode()
    assert ("Poor" in page, "sent with this ticket" in page) == (True, True)


def test_noise_is_sent_for_a_pass_only_and_never_compressed(client):
    token = passes.issue(Pass(1, "127.0.0.1", 10**9))
    address = reverse("public:speed-download")

    answer = client.get(address, {"t": token, "ckSize": "2"}, HTTP_ACCEPT_ENCODING="gzip")

    assert len(b"".join(answer)) == 2 * 2**20
    assert "Content-Encoding" not in answer
    assert "no-store" in answer["Cache-Control"]
    assert client.get(address).status_code == 403
    assert client.get(address, {"t": token}, REMOTE_ADDR="10.0.0.1").status_code == 403
    assert client.get(address, {"t": f"{token}x"}).status_code == 403


def test_a_pass_is_used_up_by_its_bytes_each_way(client, monkeypatch):
    monkeypatch.setattr(passes, "IN_FLIGHT", 0)
    token = passes.issue(Pass(2, "127.0.0.1", 6 * 2**20))
    download = f"{reverse('public:speed-download')}?t={token}&ckSize=100"
    upload = f"{reverse('public:speed-empty')}?t={token}"

    assert len(b"".join(client.get(download))) == 3 * 2**20
    assert client.get(download).status_code == 413
    some = client.post(upload, b"x" * 1000, content_type="application/octet-stream")
    much = client.post(upload, b"x" * 2**22, content_type="application/octet-stream")
    assert (some.status_code, much.status_code) == (200, 413)


def test_an_upload_is_read_away_without_asking_the_database(client):
    token = passes.issue(Pass(3, "127.0.0.1", 10**9))
    address = f"{reverse('public:speed-empty')}?t={token}&cors=true"

    with CaptureQueriesContext(connection) as asked:
        big = client.post(address, b"x" * 6_000_000, content_type="application/octet-stream")
        ping = client.get(address)

    assert (big.status_code, ping.status_code, ping.content) == (200, 200, b"")
    assert ping["Access-Control-Allow-Origin"] == "*"
    assert [one["sql"] for one in asked] == []
    assert passes.moved(3) == 6_000_000


def test_staff_see_where_it_is_low_with_as_many_statements_for_many(client, line):
    client.force_login(UserFactory(role="NOC"))
    SpeedTestFactory(subscription=line.subscription, percent=20, verdict="POOR", started_at=NOW)
    address = reverse("staff_network:speed-tests")
    client.get(address)

    def count():
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address, {"view": "poor"})
        return page.content.decode(), len(asked)

    page, one = count()
    assert (line.customer.name in page, "20%" in page) == (True, True)
    for _n in range(2):
        SpeedTestFactory(percent=30, verdict="POOR", started_at=NOW)
    assert count()[1] == one
    assert client.get(reverse("staff_network:export-speed-tests")).status_code == 200
    panel = client.get(reverse("staff_network:line-speed-tests", args=[line.pk]))
    assert "Last speed test" in panel.content.decode()


def test_another_branch_sees_none_of_it(client, line):
    SpeedTestFactory(subscription=line.subscription)
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=AccessFactory().router.branch))

    page = client.get(reverse("staff_network:speed-tests")).content.decode()
    assert line.customer.name not in page
    assert client.get(reverse("staff_network:line-speed-tests", args=[line.pk])).status_code == 404


def test_the_page_may_measure_against_the_host_staff_chose(client, customer):
    SpeedTestSettings.objects.create(pk=1, address="https://speed.isp.example")

    page = customer.get(reverse("portal:speed-test"))

    assert "https://speed.isp.example" in page["Content-Security-Policy"]
    told = begun(customer)["settings"]["url_dl"]
    assert told.startswith("https://speed.isp.example/speed/garbage/?t=")
    assert told.endswith("&cors=true")


def test_settings_take_hosts_and_networks_only(client):
    usual = {
        "is_offered": "on",
        "seconds": "10",
        "most_megabytes": "400",
        "most_at_once": "2",
        "good_percent": "80",
        "weak_percent": "50",
        "reason": "A server at the point of presence",
    }
    wrong = SettingsForm(usual | {"address": "https://a.example/x", "networks": "10.0.0.0/33"})
    assert set(wrong.errors) == {"address", "networks"}
    assert set(SettingsForm(usual | {"weak_percent": "80"}).errors) == {"weak_percent"}
    client.force_login(UserFactory(role="OWNER"))

    page = client.get(reverse("staff_network:speed-test-settings"))
    token = (
        page.context["form"]["edited"].value() if "edited" in page.context["form"].fields else ""
    )
    client.post(
        reverse("staff_network:speed-test-settings"),
        usual | {"address": "https://speed.example/", "networks": "10.0.0.0/8", "edited": token},
    )

    row = SpeedTestSettings.objects.get()
    assert (row.address, row.networks) == ("https://speed.example", "10.0.0.0/8")
