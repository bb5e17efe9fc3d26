"""Eight senders, five hundred messages, senders dying all the time: none lost, none twice."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection

from ispbill.notifications.models import Message
from ispbill.notifications.services import deliver, names
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider, SenderKilled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MESSAGES, SENDERS = 500, 8


def storm(at) -> None:
    """Let the senders drain the queue; one that dies is replaced at once."""

    def sender() -> None:
        try:
            while True:
                try:
                    sent, _down = deliver.send_batch("SMS", now=lambda: at, limit=7)
                except SenderKilled:
                    continue
                if not sent.handled:
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def weather(at) -> None:
    moment = at
    while Message.objects.filter(state__in=["QUEUED", "SENDING"]).exists():
        storm(moment)
        moment += timedelta(minutes=4)
        deliver.recover(at=moment)


@pytest.fixture
def deaths():
    dice = random.Random(2026)
    calls = dice.sample(range(1, 600), 120)
    return {"kills_before": set(calls[:60]), "kills_after": set(calls[60:])}


def test_with_a_provider_that_dedupes_each_message_arrives_exactly_once(at, use, deaths):
    provider = use(Provider(dedupes=True, **deaths))
    rows = MessageFactory.create_batch(MESSAGES)

    weather(at)

    assert provider.calls > MESSAGES  # senders did die
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT"}
    assert provider.delivered == {names.client_id(row): 1 for row in rows}


def test_with_one_that_does_not_nothing_is_sent_twice_and_the_doubtful_are_named(at, use, deaths):
    provider = use(Provider(dedupes=False, **deaths))
    MessageFactory.create_batch(MESSAGES)

    weather(at)

    states = dict.fromkeys(("SENT", "UNKNOWN"), 0)
    for state in Message.objects.values_list("state", flat=True):
        states[state] += 1
    died = len(
        [call for call in deaths["kills_before"] | deaths["kills_after"] if call <= provider.calls]
    )
    assert states == {"SENT": MESSAGES - died, "UNKNOWN": died}
    assert set(provider.delivered.values()) == {1}
    assert provider.calls == MESSAGES
