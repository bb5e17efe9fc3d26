"""A report of delivery that was lost: the provider is asked once."""

from datetime import timedelta

import pytest

from ispbill.notifications.gateways import chosen
from ispbill.notifications.models import Message, MessageProvider
from ispbill.notifications.services import asking, deliver
from tests.factories.notifications import MessageFactory, provider_account

pytestmark = pytest.mark.django_db(transaction=True)
LATER = asking.AFTER + timedelta(minutes=1)


@pytest.fixture
def sent(at, providers):
    """A message Twilio took, and of which it tells nothing by itself."""
    account = provider_account(
        **{
            key: providers.accounts["TWILIO"][key]
            for key in ("account_sid", "auth_token", "sender")
        },
        base_url=providers.accounts["TWILIO"]["base_url"],
    )
    MessageProvider.objects.filter(pk=account.pk).update(is_enabled=True)
    message = MessageFactory(next_attempt_at=at, created_at=at, recipient="+8801711000077")
    deliver.drain(now=lambda: at, seconds=30)
    message.refresh_from_db()
    assert message.state == "SENT"
    return message


def test_a_delivery_nobody_told_of_is_heard_by_asking_once(sent, at):
    assert asking.ask(at=at + timedelta(hours=1)) == 0  # it may still come by itself
    assert asking.ask(at=at + LATER) == 1
    sent.refresh_from_db()
    assert (sent.state, sent.asked_at) == ("DELIVERED", at + LATER)
    assert asking.ask(at=at + LATER) == 0


def test_what_did_not_arrive_fails_with_its_reason(sent, at, providers):
    providers.faults.out_of_reach = {"77"}
    assert asking.ask(at=at + LATER) == 1
    sent.refresh_from_db()
    assert sent.state == "FAILED"
    assert "switched off or out of reach" in sent.error


def test_a_message_twilio_no_longer_knows_stays_sent_and_is_not_asked_about_again(
    sent, at, providers
):
    providers.store.clear()
    assert asking.ask(at=at + LATER) == 0
    assert Message.objects.values_list("state", "asked_at").get() == ("SENT", at + LATER)


def test_a_provider_out_of_reach_is_asked_with_the_next_sweep(sent, at, providers):
    MessageProvider.objects.update(base_url="http://127.0.0.1:9/twilio")
    assert asking.ask(at=at + LATER) == 0
    MessageProvider.objects.update(base_url=providers.accounts["TWILIO"]["base_url"])
    assert chosen.for_channel("SMS") is not None
    assert asking.ask(at=at + LATER) == 1
