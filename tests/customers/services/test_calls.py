"""Calls written down, counted once, followed up by the next one or a note, and never deleted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from customers.models import Call
from customers.queries import calls as queries
from customers.services import calls, notes
from customers.services.calls import Talk
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 6, tzinfo=UTC)
TOMORROW = AT + timedelta(days=1)


def log(customer, person, *, at=AT, **talk):
    return calls.log(
        talk=Talk(**{"outcome": "SPOKE"} | talk), act=Act(person, at), customer=customer
    )


def test_two_calls_within_five_minutes_count_once():
    amina, person = CustomerFactory(), UserFactory()

    made = [
        log(amina, person, at=AT + timedelta(minutes=minutes)).is_counted for minutes in (0, 4, 6)
    ]

    assert made == [True, False, True]
    assert log(amina, UserFactory(), at=AT + timedelta(minutes=7)).is_counted


@pytest.mark.parametrize("end", ["call", "note", "finish"])
def test_a_follow_up_waits_for_its_owner_until_it_is_done(end):
    amina, person, owner = CustomerFactory(), UserFactory(), UserFactory()
    call = log(amina, person, outcome="CALL_BACK", follow_up_at=TOMORROW, owner=owner)
    later = TOMORROW + timedelta(hours=1)

    assert not queries.to_follow_up(owner, at=AT).exists()
    assert queries.to_follow_up(owner, at=later).get() == call
    assert not queries.to_follow_up(person, at=later).exists()

    if end == "call":
        log(amina, owner, at=later)
    elif end == "note":
        notes.add(customer=amina, text="called her at home", author=owner, at=later)
    else:
        calls.finish(call=call, act=Act(owner, later))
    assert not queries.to_follow_up(owner, at=later).exists()


def test_a_call_back_needs_a_time_to_come():
    amina, person = CustomerFactory(), UserFactory()

    for when in (None, AT - timedelta(hours=1)):
        with pytest.raises(calls.CallRefused):
            log(amina, person, outcome="CALL_BACK", follow_up_at=when)


def test_a_lead_is_called_too_and_a_call_is_never_deleted():
    call = calls.log(talk=Talk("NO_ANSWER"), act=Act(UserFactory(), AT), lead=LeadFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).delete()
