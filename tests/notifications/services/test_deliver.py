from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from ispbill.core import receipt_links
from ispbill.core.models import Company
from ispbill.notifications.gateways.base import Outgoing, Rejected, Retry, Unknown
from ispbill.notifications.models import GatewayPace, Message, Wording
from ispbill.notifications.services import claiming, deliver, names, outcomes
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider, SenderKilled

pytestmark = pytest.mark.django_db(transaction=True)

NIGHT = datetime(2026, 1, 10, 20, 0, tzinfo=UTC)  # two in the morning in Dhaka


def drain(at):
    return deliver.drain(now=lambda: at, seconds=30)


def only(*fields):
    return Message.objects.values_list(*fields).get()


def test_a_due_message_is_written_sent_and_marked(at, use):
    Company.objects.create(pk=1, name="Demo Net", phone="09612")
    provider = use(Provider())
    message = MessageFactory(next_attempt_at=at)
    link = receipt_links.url("RCP-1")
    text = f"Thank you, Amina! We received Tk 1,150.00, receipt RCP-1: {link} Settled. Demo Net"

    assert drain(at).accepted == 1

    assert only("state", "body", "parts", "provider", "attempts", "sent_at", "lease_until") == (
        "SENT",
        text,
        1,
        "fake",
        1,
        at,
        None,
    )
    sent = Outgoing(names.client_id(message), "SMS", message.recipient, "", text, 1)
    assert provider.messages == [sent]
    assert drain(at).handled == 0


def test_no_transaction_is_open_while_the_provider_is_called(at, use):
    seen = []

    class Looking(Provider):
        def send(self, message):
            seen.append(connection.in_atomic_block)
            return super().send(message)

    use(Looking())
    MessageFactory()

    drain(at)

    assert seen == [False]


def test_what_is_not_due_yet_stays(at, use):
    provider = use(Provider())
    MessageFactory(next_attempt_at=at + timedelta(seconds=1))

    drain(at)

    assert (provider.calls, only("state")) == (0, ("QUEUED",))


def test_the_wording_of_the_moment_is_used_and_then_frozen(at, use):
    provider = use(Provider(outcomes=[Retry("busy")]))
    MessageFactory()
    Wording.objects.create(
        event="payment_received", channel="SMS", language="en", body="Got {amount}"
    )

    drain(at)
    Wording.objects.update(body="Something else")
    drain(at + timedelta(minutes=1))

    assert [message.body for message in provider.messages] == ["Got Tk 1,150.00"]


def test_retries_grow_from_one_to_twenty_five_minutes_and_end_after_a_day(at, use):
    use(Provider(outcomes=[Retry("down")] * 100))
    MessageFactory()
    gaps, moment = [], at
    for _attempt in range(6):
        drain(moment)
        (due,) = only("next_attempt_at")
        gaps.append((due - moment) // timedelta(minutes=1))
        moment = due

    assert gaps == [1, 2, 5, 12, 25, 25]
    Message.objects.update(attempts=59)
    drain(moment)
    assert only("state", "error", "attempts") == ("FAILED", "down", 60)


def test_a_refusal_is_final(at, use):
    provider = use(Provider(outcomes=[Rejected("no such number")]))
    MessageFactory()

    drain(at)
    drain(at + timedelta(days=1))

    assert (provider.calls, only("state", "error")) == (1, ("FAILED", "no such number"))


@pytest.mark.parametrize(
    ("event", "dedupes", "state"),
    [
        ("payment_received", False, "UNKNOWN"),
        ("payment_received", True, "QUEUED"),
        ("invoice_issued", True, "UNKNOWN"),
        ("one_time_code", True, "UNKNOWN"),
    ],
)
def test_a_lost_answer_is_sent_again_only_where_it_cannot_arrive_twice(
    at, use, event, dedupes, state
):
    use(Provider(dedupes=dedupes, outcomes=[Unknown("no answer")]))
    MessageFactory(event=event)

    drain(at)

    assert only("state", "error") == (state, "no answer")


def test_a_provider_that_is_down_is_left_alone_after_three_failures(at, use):
    provider = use(Provider(outcomes=[Retry("down")] * 100))
    MessageFactory.create_batch(10)

    drain(at)

    assert provider.calls == 3
    states = Message.objects.values_list("state", "lease_until", "next_attempt_at").distinct()
    assert list(states) == [("QUEUED", None, at + timedelta(minutes=1))]


def test_a_crashing_gateway_costs_its_own_message_only(at, use):
    class Broken(Provider):
        def send(self, message):
            if message.recipient.endswith("1"):
                raise ZeroDivisionError
            return super().send(message)

    use(Broken())
    MessageFactory(recipient="+8801711000001")
    MessageFactory(recipient="+8801711000002")

    drain(at)

    states = Message.objects.order_by("recipient").values_list("state", "error")
    assert list(states) == [("UNKNOWN", "ZeroDivisionError"), ("SENT", "")]


def test_at_night_only_urgent_messages_and_mail_leave(use):
    provider = use(Provider())
    for channel, is_urgent in (("SMS", True), ("SMS", False), ("EMAIL", False)):
        MessageFactory(channel=channel, is_urgent=is_urgent)

    drain(NIGHT)
    assert [message.channel for message in provider.messages] == ["SMS", "EMAIL"]

    drain(NIGHT + timedelta(hours=6))
    assert provider.calls == 3


def test_a_code_does_not_stand_in_line_behind_the_bills(at, use):
    provider = use(Provider())
    MessageFactory.create_batch(5, is_urgent=False, next_attempt_at=at - timedelta(hours=1))
    MessageFactory(recipient="+8801711999999", is_urgent=True, next_attempt_at=at)

    drain(at)

    assert provider.messages[0].recipient == "+8801711999999"
    assert provider.calls == 6


def test_the_allow_list_lets_nobody_else_be_reached(at, use, settings):
    settings.MESSAGE_ALLOWED_NUMBERS = ["+8801711000001"]
    provider = use(Provider())
    MessageFactory(recipient="+8801711000001")
    MessageFactory(recipient="+8801711000002")

    drain(at)

    assert [message.recipient for message in provider.messages] == ["+8801711000001"]
    kept = Message.objects.order_by("recipient").values_list("state", "error")
    assert list(kept) == [
        ("SENT", ""),
        ("CANCELLED", "The recipient is not on the allow-list (MESSAGE_ALLOWED_NUMBERS)."),
    ]


def test_a_code_is_sent_whole_and_kept_nowhere(at, use):
    provider = use(Provider())
    MessageFactory(event="one_time_code", context={"code": "482913", "minutes": "5"})

    drain(at)

    assert "482913" in provider.messages[0].body
    (row,) = Message.objects.values()
    assert "482913" not in repr(row)
    assert "••••••" in row["body"]


def test_a_code_that_came_too_late_is_not_sent_and_not_kept(at, use):
    provider = use(Provider())
    MessageFactory(event="one_time_code", context={"code": "482913"})

    drain(at + timedelta(minutes=11))

    assert (provider.calls, only("state", "context")) == (0, ("CANCELLED", {}))


def test_a_wording_turned_off_after_queueing_cancels(at, use):
    use(Provider())
    MessageFactory()
    Wording.objects.create(event="payment_received", channel="SMS", language="en", body="")

    drain(at)

    assert only("state", "error") == ("CANCELLED", "The wording for this event is turned off.")


def test_a_sender_whose_lease_ran_out_neither_sends_nor_marks(at, use):
    provider = use(Provider())
    MessageFactory()
    slow = claiming.claim("SMS", at=at).messages
    claiming.recover(at=at + timedelta(minutes=4))
    quick = claiming.claim("SMS", at=at + timedelta(minutes=4)).messages

    assert [row.attempts for row in slow + quick] == [1, 2]
    text = deliver.wordings.in_force([("payment_received", "SMS", "en")])
    (text,) = text.values()
    by = deliver._Round(provider, [], lambda: at + timedelta(minutes=4))
    assert deliver._send_one(slow[0], text, by) is None
    assert provider.calls == 0
    deliver._send_one(quick[0], text, by)
    assert only("state", "attempts") == ("SENT", 2)


def test_an_outcome_of_an_old_attempt_changes_nothing(at, use):
    MessageFactory()
    (old,) = claiming.claim("SMS", at=at).messages
    claiming.recover(at=at + timedelta(minutes=4))
    claiming.claim("SMS", at=at + timedelta(minutes=4))

    outcomes.note(old, Rejected("no"), Provider(), at=at)
    outcomes.note(old, Retry("busy"), Provider(), at=at)

    assert only("state", "attempts", "error") == ("SENDING", 2, "")


def test_a_message_never_handed_over_goes_back_into_the_queue(at, use):
    provider = use(Provider(dedupes=False))
    MessageFactory(event="invoice_issued")
    claiming.claim("SMS", at=at)  # and the sender is gone

    assert claiming.recover(at=at + timedelta(minutes=2)) == 0
    assert claiming.recover(at=at + timedelta(minutes=4)) == 1
    drain(at + timedelta(minutes=4))

    assert (provider.calls, only("state")) == (1, ("SENT",))


@pytest.mark.parametrize(
    ("dedupes", "event", "state", "calls"),
    [
        (True, "payment_received", "SENT", 2),
        (True, "invoice_issued", "UNKNOWN", 1),
        (False, "payment_received", "UNKNOWN", 1),
    ],
)
def test_a_sender_that_dies_after_the_provider_accepted_doubles_nothing(
    at, use, dedupes, event, state, calls
):
    provider = use(Provider(dedupes=dedupes, kills_after={1}))
    MessageFactory(event=event)
    with pytest.raises(SenderKilled):
        drain(at)

    deliver.recover(at=at + timedelta(minutes=4))
    drain(at + timedelta(minutes=4))

    assert (only("state"), provider.calls) == ((state,), calls)
    assert list(provider.delivered.values()) == [1]


def test_senders_together_keep_to_the_provider_s_rate(at, use, settings):
    settings.MESSAGE_RATES = {"SMS": 2}
    provider = use(Provider())
    MessageFactory.create_batch(30)

    first = claiming.claim("SMS", at=at)
    second = claiming.claim("SMS", at=at)

    assert len(first.messages) == 10  # five seconds ahead at two a second
    assert len(second.messages) <= 1
    assert GatewayPace.objects.count() == 1
    assert provider.calls == 0
