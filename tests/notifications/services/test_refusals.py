"""Single events a customer does not want to hear of, and those nobody can refuse."""

import pytest

from ispbill.core import clock
from ispbill.notifications.models import EventRefusal, Message
from ispbill.notifications.rules import wishes
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import bulk, compose, refusals
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

SELECT = (
    "SELECT 'run', phone, email, 'en', '{}'::jsonb, id, NULL::bigint, true, false, true"
    " FROM customers_customer"
)


def test_a_refused_event_reaches_nobody_one_by_one_and_in_a_run_and_the_others_do():
    who, at = CustomerFactory(), clock.now()
    refusals.choose(customer_id=who.pk, refused=["ticket_resolved"], at=at)

    for event in ("ticket_resolved", "ticket_received", "ticket_replied"):
        compose.enqueue(compose.to_customer(who, {}, dedup="one"), event=event, at=at)
        bulk.enqueue_select(event, SELECT, [], at)

    told = set(Message.objects.values_list("event", flat=True))
    assert told == {"ticket_received", "ticket_replied"}


def test_another_customer_is_told():
    who, other, at = CustomerFactory(), CustomerFactory(), clock.now()
    refusals.choose(customer_id=who.pk, refused=["job_planned"], at=at)
    bulk.enqueue_select("job_planned", SELECT, [], at)
    assert set(Message.objects.values_list("customer_id", flat=True)) == {other.pk}


def test_what_must_be_told_cannot_be_refused():
    who, at = CustomerFactory(), clock.now()
    given = [*wishes.LEGAL, "contract_expiring", "contract_to_sign", "contract_code"]
    assert refusals.choose(customer_id=who.pk, refused=given, at=at) == frozenset()
    assert not EventRefusal.objects.exists()


def test_chosen_twice_is_chosen_once_and_wanted_again_is_gone():
    who, at = CustomerFactory(), clock.now()
    for _again in range(2):
        refusals.choose(customer_id=who.pk, refused=["usage_warning", "job_planned"], at=at)
    assert refusals.of(who.pk) == {"usage_warning", "job_planned"}
    refusals.choose(customer_id=who.pk, refused=[], at=at)
    assert refusals.of(who.pk) == frozenset()


def test_every_choice_is_an_event_and_every_reminder_can_be_chosen():
    assert EVENTS.keys() >= wishes.CHOOSABLE >= wishes.REMINDERS
    assert not wishes.CHOOSABLE & wishes.LEGAL
    assert not any(EVENTS[event].is_secret for event in wishes.CHOOSABLE)
