"""What is sent, what is made of the answer, and who dies in between."""

import json
import socket
from datetime import timedelta

import pytest

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.webhooks import Receiver, is_genuine
from ispbill.upkeep.queries.conditions import Moment
from ispbill.webhooks.gateways import post
from ispbill.webhooks.models import Delivery, Endpoint, Try
from ispbill.webhooks.queries import failing
from ispbill.webhooks.services import delivering, endpoints
from ispbill.webhooks.services.endpoints import NotAcceptable
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver():
    with Receiver(drip_seconds=0.05) as found:
        yield found


@pytest.fixture
def act():
    return Act.now(UserFactory(role="OWNER"))


def added(url, act, **values):
    given = {"name": "accounts", "chosen": ["invoice.paid"], "includes_personal": False}
    return endpoints.add(url=url, act=act, **{**given, **values})


def sent(endpoint, act):
    delivery = delivering.ping(endpoint=endpoint, act=act)
    delivering.drain(at=clock.now(), seconds=20)
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    return delivery


def later(**by):
    Delivery.objects.update(next_try_at=clock.real_now())
    Endpoint.objects.exclude(failing_since=None).update(
        failing_since=clock.real_now() - timedelta(**by)
    )


def test_a_message_arrives_signed_and_its_log_says_so(receiver, act):
    endpoint, secret = added(receiver.url("ok"), act)

    delivery = sent(endpoint, act)

    (heard,) = receiver.heard
    assert is_genuine(secret, heard.headers, heard.body)
    assert not is_genuine(secret, heard.headers, heard.body + b" ")
    assert heard.headers["webhook-id"] == delivery.message_id
    assert json.loads(heard.body)["type"] == "test.ping"
    assert delivery.state == Delivery.State.ARRIVED
    assert [(one.status, one.answer) for one in delivery.attempts.all()] == [(200, "thank you\n")]


def test_both_secrets_sign_for_a_day_after_a_new_one(receiver, act):
    endpoint, old = added(receiver.url("ok"), act)
    new = endpoints.rotate(endpoint=endpoint, act=act)
    sent(endpoint, act)
    Endpoint.objects.update(old_secret_until=clock.real_now())
    sent(endpoint, act)

    both, alone = receiver.heard
    assert [is_genuine(key, both.headers, both.body) for key in (new, old)] == [True, True]
    assert [is_genuine(key, alone.headers, alone.body) for key in (new, old)] == [True, False]


def test_no_secret_stands_in_the_trail_or_in_the_row(receiver, act):
    endpoint, secret = added(receiver.url("ok"), act)

    assert secret[6:] not in endpoint.sealed_secret
    assert not AuditEvent.objects.filter(after__icontains=secret[6:]).exists()


@pytest.mark.parametrize("how", ["error", "redirect", "busy"])
def test_what_failed_is_tried_again_with_the_same_id(receiver, act, how):
    endpoint, _secret = added(receiver.url(how), act)

    delivery = sent(endpoint, act)
    later(seconds=5)
    delivering.drain(at=clock.now(), seconds=20)

    assert delivery.state == Delivery.State.WAITING
    assert delivery.next_try_at > clock.real_now()
    assert endpoint.failing_since is not None
    assert [one.path for one in receiver.heard] == [f"/{how}"] * 2  # no redirect was followed
    assert {one.headers["webhook-id"] for one in receiver.heard} == {delivery.message_id}


def test_the_receiver_may_ask_for_a_longer_wait(receiver, act):
    endpoint, _secret = added(receiver.url("busy"), act)

    wait = sent(endpoint, act).next_try_at - clock.real_now()

    assert timedelta(hours=1, minutes=55) < wait <= timedelta(hours=2)


def test_success_after_failure_clears_the_address(receiver, act):
    endpoint, _secret = added(receiver.url("flaky"), act)
    delivery = sent(endpoint, act)
    later(hours=1)
    delivering.drain(at=clock.now(), seconds=20)
    delivery.refresh_from_db()
    endpoint.refresh_from_db()

    assert (delivery.state, delivery.tries) == (Delivery.State.ARRIVED, 2)
    assert endpoint.failing_since is None


def test_after_ten_tries_a_message_is_given_up_and_can_be_sent_again(receiver, act):
    endpoint, _secret = added(receiver.url("error"), act)
    delivery = sent(endpoint, act)
    for _try in range(12):
        later(hours=1)
        delivering.drain(at=clock.now(), seconds=20)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (Delivery.State.FAILED, 10)

    Endpoint.objects.update(url=receiver.url("ok"))
    delivering.replay(delivery=delivery, act=act)
    delivering.drain(at=clock.now(), seconds=20)

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.ARRIVED
    assert receiver.heard[-1].headers["webhook-id"] == delivery.message_id
    assert receiver.heard[-1].body == receiver.heard[0].body


def test_gone_switches_off_at_once_and_the_alarm_rings(receiver, act):
    endpoint, _secret = added(receiver.url("gone"), act)

    sent(endpoint, act)

    assert endpoint.off_at is not None
    assert AuditEvent.objects.filter(action="webhook.switched_off").exists()
    moment = Moment(clock.now(), clock.real_now() + timedelta(hours=25))
    assert failing.seconds(moment) > 24 * 3600
    endpoints.resume(endpoint=endpoint, act=act)
    assert failing.seconds(moment) is None


def test_five_days_without_success_switch_off(receiver, act):
    endpoint, _secret = added(receiver.url("error"), act)
    sent(endpoint, act)
    later(days=5)
    delivering.drain(at=clock.now(), seconds=20)

    endpoint.refresh_from_db()
    assert endpoint.off_at is not None
    assert delivering.claim(at=clock.real_now() + timedelta(days=9)) is None


def test_a_huge_answer_is_cut_and_a_dripping_one_hung_up_on(receiver, act, monkeypatch):
    monkeypatch.setattr(post, "ANSWER_SECONDS", 0.5)
    huge, _secret = added(receiver.url("huge"), act)
    drip, _secret = added(receiver.url("drip"), act)

    assert len(sent(huge, act).attempts.get().answer) == post.LARGEST_ANSWER
    assert sent(drip, act).attempts.get().status is None


def test_a_sender_that_died_leaves_a_message_to_the_next_one(receiver, act):
    endpoint, _secret = added(receiver.url("ok"), act)
    delivery = delivering.ping(endpoint=endpoint, act=act)
    claimed = delivering.claim(at=clock.real_now())
    delivering._sent(claimed, clock.real_now())  # it was heard, and the worker was killed

    assert delivering.claim(at=clock.real_now()) is None
    Delivery.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert delivering.drain(at=clock.now(), seconds=20) == 1

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.ARRIVED
    assert [one.headers["webhook-id"] for one in receiver.heard] == [delivery.message_id] * 2
    assert receiver.heard[0].body == receiver.heard[1].body
    assert Try.objects.count() == 1


def test_a_paused_address_waits_and_goes_on(receiver, act):
    endpoint, _secret = added(receiver.url("ok"), act)
    endpoints.pause(endpoint=endpoint, act=act)
    assert sent(endpoint, act).state == Delivery.State.WAITING

    endpoints.resume(endpoint=endpoint, act=act)

    assert delivering.drain(at=clock.now(), seconds=20) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "https://user:word@example.test/",
        "https://@example.test/",
        "https://10.0.0.8/",
        "https://100.64.0.1/",
        "https://[::ffff:10.0.0.8]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/",
        "https://nobody.invalid/",
        "https://example.test:70000/",
        "ftp://example.test/",
        "https:///path",
    ],
)
def test_addresses_that_are_never_called_are_not_saved(act, url):
    with pytest.raises(NotAcceptable):
        added(url, act)

    assert not Endpoint.objects.exists()


def test_a_name_that_turns_inwards_later_is_refused_at_sending(act, monkeypatch):
    real, found = socket.getaddrinfo, ["93.184.216.34"]

    def answer(host, port, *args, **kwargs):
        if host != "hooks.test":
            return real(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found[0], port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    endpoint, _secret = added("https://hooks.test/in", act)
    found[0] = "10.0.0.8"

    delivery = sent(endpoint, act)

    assert delivery.attempts.get().error.startswith("Refused")
    assert delivery.state == Delivery.State.WAITING
