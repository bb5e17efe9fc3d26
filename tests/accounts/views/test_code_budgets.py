"""How many codes are sent: to a phone, to who asks from an address, and by the installation."""

from http import HTTPStatus

import pytest
from django.core.cache import cache
from django.test import Client

from ispbill.accounts import signals
from ispbill.accounts.models import Attempts, OneTimeCode, User
from ispbill.accounts.services import code_budget
from ispbill.accounts.views import sign_in
from ispbill.notifications.models import Message
from ispbill.reports.queries import work
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def answered_at_once(monkeypatch):
    """Counts are asked here, not how long an answer takes."""
    monkeypatch.setattr(sign_in, "_CODE_SECONDS", 0.0)


@pytest.fixture
def sent():
    codes = []

    def keep(login, **_kwargs):
        codes.append(login)

    signals.one_time_code_issued.connect(keep)
    yield codes
    signals.one_time_code_issued.disconnect(keep)


@pytest.fixture(params=["with Redis", "without Redis"])
def counters(request, settings):
    if request.param == "without Redis":
        broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
        settings.CACHES = {"default": broken}


def customers(count):
    return [
        UserFactory(login=f"+88017110001{number:02d}", role=User.Role.CUSTOMER)
        for number in range(count)
    ]


def ask(login, ip="203.0.113.7"):
    return Client().post("/portal/login", {"login": login, "action": "code"}, REMOTE_ADDR=ip)


def test_an_address_gets_ten_codes_in_a_quarter_of_an_hour(sent, counters):
    people = customers(11)
    for person in people[:10]:
        assert ask(person.login).status_code == HTTPStatus.FOUND

    refused = ask(people[10].login)

    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert b"Too many attempts" in refused.content
    assert len(sent) == 10
    assert ask(people[10].login, ip="203.0.113.8").status_code == HTTPStatus.FOUND


def test_a_sixty_four_of_ipv6_is_one_address(sent, counters):
    people = customers(11)
    for number, person in enumerate(people[:10]):
        assert ask(person.login, ip=f"2001:db8:1:2::{number}").status_code == HTTPStatus.FOUND

    assert ask(people[10].login, ip="2001:db8:1:2:ffff::1").status_code == 429
    assert ask(people[10].login, ip="2001:db8:1:3::1").status_code == HTTPStatus.FOUND


def test_an_ipv4_address_written_as_ipv6_is_that_address(sent):
    people = customers(11)
    for person in people[:10]:
        ask(person.login)

    assert ask(people[10].login, ip="::ffff:203.0.113.7").status_code == 429
    assert ask(people[10].login, ip="::ffff:203.0.113.8").status_code == HTTPStatus.FOUND


def test_unknown_numbers_are_answered_alike_and_leave_no_row(sent, counters):
    customers(1)
    answers = []
    for login in ("+8801711000100", "+8801711999999"):
        pages = [ask(login, ip=f"203.0.113.{number}") for number in range(5)]
        answers.append([(page.status_code, page.headers.get("Location")) for page in pages])

    known, unknown = answers
    assert known == unknown
    assert [status for status, _to in known] == [302, 302, 302, 429, 429]
    assert set(OneTimeCode.objects.values_list("login", flat=True)) == {"+8801711000100"}
    assert len(sent) == 3


def test_a_phone_gets_ten_codes_a_day(sent, monkeypatch):
    [person] = customers(1)
    monkeypatch.setattr(code_budget, "BY_LOGIN", 100)
    for number in range(10):
        assert ask(person.login, ip=f"203.0.113.{number}").status_code == HTTPStatus.FOUND

    refused = ask(person.login, ip="203.0.113.99")

    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 80_000 < int(refused.headers["Retry-After"]) <= 86_400
    assert len(sent) == 10


def test_the_installation_sends_so_many_an_hour_and_says_when_it_nears_that(
    sent, monkeypatch, caplog, counters
):
    monkeypatch.setattr(code_budget, "AN_HOUR", 5)
    UserFactory(role=User.Role.NOC, email="noc@demo.test", phone="+8801911000009")
    people = customers(6)
    for number, person in enumerate(people[:3]):
        ask(person.login, ip=f"203.0.113.{number}")
    assert "one-time codes" not in caplog.text

    ask(people[3].login, ip="203.0.113.50")
    near = [(record.levelname, record.message) for record in caplog.records if near_of(record)]
    ask(people[4].login, ip="203.0.113.51")
    refused = ask(people[5].login, ip="203.0.113.52")
    unknown = ask("+8801711999999", ip="203.0.113.53")

    full = [(record.levelname, record.message) for record in caplog.records if near_of(record)]
    assert near == [("WARNING", "one-time codes near their budget")]
    assert full[1:] == [("ERROR", "one-time codes at the end of their budget")]
    assert (refused.status_code, unknown.status_code) == (429, 429)
    alarms = Message.objects.filter(event="codes_used_up")
    assert {(one.recipient, one.context["count"]) for one in alarms} == {
        ("noc@demo.test", "5"),
        ("+8801911000009", "5"),
    }
    assert len(sent) == 5
    assert code_budget.used_ratio() >= 1


def near_of(record):
    return record.message.startswith("one-time codes")


def test_unknown_numbers_use_up_nothing_of_the_installation(sent, monkeypatch, counters):
    monkeypatch.setattr(code_budget, "AN_HOUR", 2)
    [person] = customers(1)
    for number in range(5):
        ask(f"+88017119999{number:02d}", ip=f"203.0.113.{number}")

    assert ask(person.login, ip="203.0.113.99").status_code == HTTPStatus.FOUND


def test_two_in_a_hundred_customers_may_ask_in_an_hour(monkeypatch):
    monkeypatch.setattr(code_budget, "AN_HOUR", 0)
    for number in range(150):
        UserFactory(login=f"+8801712000{number:03d}", role=User.Role.CUSTOMER)

    assert code_budget.most() == 3


def test_staff_see_on_the_dashboard_that_codes_run_out(sent, monkeypatch, at):
    monkeypatch.setattr(code_budget, "AN_HOUR", 5)
    owner = UserFactory()

    def shown():
        found = work.today(user=owner, on=at.date(), at=at)
        return next(item.count for item in found if item.key == "sign-in-codes")

    before = shown()
    for number, person in enumerate(customers(4)):
        ask(person.login, ip=f"203.0.113.{number}")

    assert (before, shown()) == (0, 4)


def test_a_monitor_reads_how_much_of_the_budget_is_used(client, settings, sent):
    settings.METRICS_TOKEN = "right"
    ask(customers(1)[0].login)

    page = client.get("/metrics", headers={"authorization": "Bearer right"})

    assert b'ispbill_budget_used_ratio{budget="one-time-codes"} 0.005\n' in page.content


def test_counts_kept_without_redis_do_not_pile_up(counters):
    for number in range(4):
        ask(f"+88017119999{number:02d}")
    Attempts.objects.update(ends_at="2020-01-01T00:00Z")

    ask("+8801711999999")

    assert not Attempts.objects.filter(ends_at__lt="2021-01-01T00:00Z").exists()
    assert cache.get("x") is None
