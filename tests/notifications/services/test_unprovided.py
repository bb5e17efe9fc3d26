"""Without a provider nothing is sent, and nothing is counted as sent."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.gateways import chosen
from ispbill.notifications.models import Message
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import deliver, outbox, trial
from ispbill.reports.queries import setup
from tests.factories.accounts import UserFactory
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "Not sent: no provider is set up."


@pytest.fixture(params=["", "console"])
def nobody(settings, request):
    settings.MESSAGE_GATEWAYS = {"SMS": request.param, "WHATSAPP": "", "EMAIL": "sandbox"}


def drain(at):
    return deliver.drain(now=lambda: at, seconds=30)


def seen():
    return Message.objects.values_list("state", "error", "sent_at", "provider").get()


def test_a_message_waits_and_says_why(at, nobody):
    MessageFactory(created_at=at, next_attempt_at=at)

    assert drain(at).accepted == 0

    assert seen() == ("QUEUED", REASON, None, "")
    assert Message.objects.get().attempts == 0


def test_a_code_waits_for_nothing(at, nobody):
    MessageFactory(event="one_time_code", context={"code": "482913"}, next_attempt_at=at)

    drain(at)

    assert seen() == ("FAILED", REASON, None, "")
    assert Message.objects.get().context == {}


def test_what_has_waited_too_long_has_failed_and_may_be_sent_by_hand(at, nobody, monkeypatch):
    message = MessageFactory(created_at=at - timedelta(days=3), next_attempt_at=at)
    drain(at)
    assert seen() == ("FAILED", REASON, None, "")

    provider = Provider()
    monkeypatch.setattr(chosen, "for_channel", lambda _channel: provider)
    message.refresh_from_db()
    outbox.resend(
        message=message, act=Act(UserFactory(role="OWNER"), at, reason="a provider is there now")
    )
    drain(at)

    assert provider.calls == 1


@pytest.mark.parametrize(("days", "state"), [(1, "SENT"), (3, "FAILED")])
def test_with_a_provider_what_is_still_timely_leaves_by_itself(
    at, nobody, monkeypatch, days, state
):
    MessageFactory(created_at=at, next_attempt_at=at)
    drain(at)
    provider = Provider()
    monkeypatch.setattr(chosen, "for_channel", lambda _channel: provider)

    drain(at + timedelta(days=days))

    assert Message.objects.get().state == state
    assert provider.calls == (state == "SENT")


def test_staff_see_it_in_the_outbox_and_in_the_set_up(at, nobody, client):
    Company.objects.create(pk=1, name="Demo Net", address="Mirpur")
    MessageFactory(created_at=at, next_attempt_at=at)
    drain(at)
    client.force_login(UserFactory(role="OWNER"))

    page = client.get(reverse("staff_notifications:outbox")).content.decode()

    assert "No provider is set up for SMS" in page
    assert "Not sent" in page
    steps = {str(step.label): step.is_done for step in setup.steps()}
    assert not steps["A provider for each channel of messages"]
    assert not steps["First message sent"]


def test_a_trial_says_so_too(at, nobody):
    with pytest.raises(trial.NotSent, match="No provider is set up"):
        trial.send(channel="SMS", recipient="+8801711000001", text=Text(body="x"), at=at)


def test_what_was_only_written_to_a_log_was_never_sent(at):
    MessageFactory(state="SENT", sent_at=at, provider="console")

    assert not {str(step.label): step.is_done for step in setup.steps()}["First message sent"]
