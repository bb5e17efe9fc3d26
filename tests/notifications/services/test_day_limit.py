"""What nobody asked for: five a day for a number. Empty accounts."""

from datetime import timedelta

import pytest

from ispbill.notifications.gateways.base import Retry
from ispbill.notifications.models import Message
from ispbill.notifications.rules import offers, replies
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import deliver
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+8801711000001"
SAID = "This number has had 5 such messages today."


def drain(at):
    return deliver.drain(now=lambda: at, seconds=30)


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def reminder(at, number=NUMBER, event="payment_reminder"):
    return MessageFactory(event=event, recipient=number, next_attempt_at=at, created_at=at)


def test_the_sixth_reminder_of_a_day_is_not_sent_and_bills_are_not_counted(at, use):
    use(Provider())
    for event in ("payment_reminder", "payment_overdue", "offer") * 2:
        reminder(at, event=event)
    reminder(at, event="invoice_issued")
    reminder(at, number="+8801711000002")
    drain(at)
    assert states() == ["SENT"] * 5 + ["CANCELLED"] + ["SENT"] * 2
    assert Message.objects.get(state="CANCELLED").error == SAID

    tomorrow = at + timedelta(days=1)
    reminder(tomorrow)
    drain(tomorrow)
    assert states()[-1] == "SENT"


def test_what_is_counted_exists():
    assert set(offers.COUNTED) <= set(EVENTS)


def test_without_balance_all_wait_five_minutes_and_it_costs_no_attempt(at, use):
    provider = use(Provider(outcomes=[Retry("no balance", is_for_all=True)]))
    MessageFactory.create_batch(3, next_attempt_at=at)
    drain(at)
    assert provider.calls == 1
    assert states() == ["QUEUED"] * 3
    assert set(Message.objects.values_list("next_attempt_at", flat=True)) == {
        at + timedelta(minutes=5)
    }
    first = Message.objects.order_by("pk").first()
    assert (first.attempts, first.error) == (0, "no balance")
    drain(at + timedelta(minutes=5))
    assert states() == ["SENT"] * 3


def test_an_account_that_stays_empty_lets_a_message_fail_visibly(at, use):
    use(Provider(outcomes=[Retry("no balance", is_for_all=True)]))
    MessageFactory(next_attempt_at=at)
    drain(at + timedelta(days=3))
    assert Message.objects.values_list("state", "error").get() == ("FAILED", "no balance")


def test_the_provider_s_own_wait_wins(at, use):
    use(Provider(outcomes=[Retry("429", after=7)]))
    MessageFactory(next_attempt_at=at)
    drain(at)
    assert Message.objects.get().next_attempt_at == at + timedelta(seconds=7)


@pytest.mark.parametrize("text", ["STOP", " stop.", "Unsubscribe", "বন্ধ"])
def test_one_word_is_a_stop(text):
    assert replies.is_stop(text)


@pytest.mark.parametrize("text", ["", "do not stop", "stop it", "stopping"])
def test_more_or_other_words_are_none(text):
    assert not replies.is_stop(text)
