"""What happens to a ticket: opened, answered, waiting, resolved, reopened, merged, late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from customers.services.calls import Talk
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Message
from tests.factories import tickets as made
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY, opened
from tickets.models import Comment, Survey, Ticket
from tickets.services import (
    assignment,
    conversation,
    escalation,
    intake,
    merging,
    reopening,
    resolution,
    surveys,
)
from tickets.services.conversation import Overtaken, PlaceholderLeft, Words
from tickets.services.desk import WrongState

pytestmark = pytest.mark.django_db

DHAKA = ZoneInfo("Asia/Dhaka")
REASON = "agreed with the customer"


def at(day, hour, minute=0):
    return datetime(2026, 1, day, hour, minute, tzinfo=DHAKA).astimezone(UTC)


@pytest.fixture
def agent():
    return UserFactory(role="SUPPORT", name="Tanvir Hasan")


def clock(ticket, kind):
    return ticket.clocks.filter(kind=kind).order_by("-cycle").first()


def say(ticket, text="We look into it.", *, by, when, waits=False, **more):
    words = Words(text, **more)
    return conversation.reply(ticket=ticket, words=words, then_waits=waits, act=Act(by, when))


def answer(ticket, *, by, when, text="Still off."):
    return conversation.customer_wrote(
        ticket=ticket, words=Words(text), by=Comment.By.CUSTOMER, act=Act(by, when)
    )


def resolve(ticket, *, by, when, cause="FIXED"):
    return resolution.resolve(ticket=ticket, cause=cause, text="Line mended.", act=Act(by, when))


def test_a_ticket_from_the_portal_gets_a_number_clocks_and_a_message():
    made.office_hours()
    customer = CustomerFactory(email="a@demo.test")

    ticket = opened(customer)

    customer.account_state.refresh_from_db()
    assert ticket.number.startswith("TK-2026-")
    assert clock(ticket, "FIRST").due_at == at(10, 12)
    assert ticket.next_due_at == at(10, 12)
    assert customer.account_state.ticket_count == 1
    assert Message.objects.filter(event="ticket_received").exists()


def test_the_same_words_within_ten_minutes_are_the_same_ticket():
    customer = CustomerFactory()
    first = opened(customer)

    assert opened(customer, at=SATURDAY + timedelta(minutes=9)) == first
    assert opened(customer, at=SATURDAY + timedelta(minutes=11)) != first


def test_ten_a_day_then_call():
    customer = CustomerFactory()
    for number in range(10):
        opened(customer, text=f"It is off, {number}.")

    with pytest.raises(intake.TooMany):
        opened(customer, text="Once more.")
    assert opened(customer, text="By phone.", channel="PHONE").pk  # staff are not held up


def test_what_is_written_down_on_the_phone_was_answered_at_once_and_is_not_counted(agent):
    ticket = opened(by=agent, channel="PHONE")

    first = clock(ticket, "FIRST")
    assert (first.outcome, first.is_counted) == ("MET", False)


def test_waiting_for_the_customer_stops_the_clock(agent):
    made.office_hours()
    ticket = opened(priority="HIGH")
    say(ticket, by=agent, when=at(10, 12), waits=True)
    ticket.refresh_from_db()

    row = clock(ticket, "RESOLUTION")
    assert ticket.state == "WAITING_CUSTOMER"
    assert (row.used_seconds, row.due_at, ticket.next_due_at) == (7200, None, None)

    answer(ticket, by=agent, when=at(11, 16))
    ticket.refresh_from_db()
    assert ticket.state == "IN_PROGRESS"
    assert clock(ticket, "RESOLUTION").due_at == at(12, 13)


def test_the_next_answer_is_awaited_from_the_oldest_word_without_one(agent):
    made.office_hours()
    ticket = opened()
    say(ticket, by=agent, when=at(10, 11))
    answer(ticket, by=agent, when=at(10, 14))
    answer(ticket, by=agent, when=at(10, 15), text="And still.")

    assert clock(ticket, "NEXT").due_at == at(10, 18)
    assert ticket.clocks.filter(kind="NEXT").count() == 1


def test_a_late_answer_breaches_however_late_the_job(agent):
    made.office_hours()
    ticket = opened()
    say(ticket, by=agent, when=at(10, 15))

    first = clock(ticket, "FIRST")
    assert (first.outcome, first.breached_at) == ("BREACHED", at(10, 12))


def test_an_answer_over_an_unseen_word_is_shown_first(agent):
    ticket = opened()
    seen = ticket.comments.get().pk
    answer(ticket, by=UserFactory(role="CUSTOMER"), when=at(10, 11))

    with pytest.raises(Overtaken) as refused:
        say(ticket, by=agent, when=at(10, 12), seen=seen)

    assert [one.text for one in refused.value.comments] == ["Still off."]
    say(ticket, by=agent, when=at(10, 12), seen=refused.value.comments[-1].pk)


def test_a_placeholder_nobody_filled_in_is_not_sent(agent):
    with pytest.raises(PlaceholderLeft):
        say(opened(), "Dear {name}, we look.", by=agent, when=at(10, 12))


def test_a_note_moves_no_clock_and_the_portal_never_reads_it(agent):
    ticket = opened()
    conversation.note(ticket=ticket, text="He is angry.", act=Act(agent, at(10, 11)))

    assert clock(ticket, "FIRST").stopped_at is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('ispbill_portal', 'tickets_ticketnote', 'SELECT'),"
            " has_column_privilege('ispbill_portal', 'tickets_ticket', 'tags', 'SELECT')"
        )
        assert cursor.fetchone() == (False, False)


def test_a_raised_priority_keeps_what_was_used(agent):
    made.office_hours()
    ticket = opened()
    to = resolution.Sorting(ticket.category, "HIGH", ticket.subject, ["vip"])

    resolution.sort(ticket=ticket, to=to, act=Act(agent, at(10, 17)))

    row = clock(ticket, "RESOLUTION")
    assert (row.used_seconds, row.due_at) == (360 * 60, at(11, 10))


def test_a_lower_priority_needs_a_reason(agent):
    ticket = opened()
    to = resolution.Sorting(ticket.category, "LOW", "Other", [])

    with pytest.raises(ReasonMissing):
        resolution.sort(ticket=ticket, to=to, act=Act(agent, at(10, 11)))


def test_resolved_reopened_until_the_end_of_the_seventh_day(agent):
    one, other = opened(), opened(text="Another thing.")
    for ticket in (one, other):
        resolve(ticket, by=agent, when=at(10, 11))

    reopening.reopen(ticket=one, act=Act(agent, at(17, 23, 59), reason=REASON))
    with pytest.raises(reopening.TooLate):
        reopening.reopen(ticket=other, act=Act(agent, at(18, 0), reason=REASON))

    one.refresh_from_db()
    assert (one.state, one.times_reopened) == ("REOPENED", 1)


def test_a_reopened_ticket_has_an_hour_and_is_judged_again(agent):
    made.office_hours()
    made.SlaPolicyFactory(resolution_minutes=480)
    ticket = opened()
    resolve(ticket, by=agent, when=at(11, 9, 30))  # 450 of 480 used
    assert clock(ticket, "RESOLUTION").outcome == "MET"

    reopening.reopen(ticket=ticket, act=Act(agent, at(13, 10), reason=REASON))

    row = clock(ticket, "RESOLUTION")
    assert (row.outcome, row.due_at) == ("", at(13, 11))


def test_a_closed_ticket_takes_no_more_words(agent):
    ticket = opened()
    resolve(ticket, by=agent, when=at(10, 11))
    assert resolution.close_old(act=Act(None, at(17, 23))) == 0
    assert resolution.close_old(act=Act(None, at(18, 1))) == 1

    with pytest.raises(WrongState, match="Closed"):
        answer(ticket, by=agent, when=at(18, 2))


def test_nobody_answers_reminded_on_day_three_resolved_on_day_seven(agent):
    ticket = opened()
    say(ticket, by=agent, when=at(10, 11), waits=True)

    assert resolution.remind_and_give_up(act=Act(None, at(12, 12))) == 0
    assert resolution.remind_and_give_up(act=Act(None, at(13, 12))) == 1
    assert resolution.remind_and_give_up(act=Act(None, at(14, 12))) == 0
    assert resolution.remind_and_give_up(act=Act(None, at(17, 12))) == 1

    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("RESOLVED", "NO_ANSWER")
    assert not Survey.objects.exists()


def test_tickets_go_round_and_stay_with_who_knows_the_customer():
    people = [UserFactory(role="SUPPORT") for _one in "AB"]
    made.team(*people)
    customer = CustomerFactory()

    first, second = opened(customer), opened()
    third = opened(customer, text="And the phone.")

    assert [one.assignee for one in (first, second, third)] == [people[0], people[1], people[0]]


def test_what_nobody_could_take_is_handed_out_when_somebody_is_back():
    person = UserFactory(role="SUPPORT")
    made.team(person)
    assignment.set_away(user=person, is_away=True, act=Act(person, at(10, 9)))
    ticket = opened()
    assert ticket.assignee is None

    assignment.set_away(user=person, is_away=False, act=Act(person, at(10, 11)))

    ticket.refresh_from_db()
    assert ticket.assignee == person


def test_deactivated_people_give_their_tickets_back():
    gone, there = (UserFactory(role="SUPPORT") for _one in "AB")
    made.team(gone, there)
    ticket = opened()
    assert ticket.assignee == gone
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    assignment.hand_out(act=Act(None, at(10, 12)))

    ticket.refresh_from_db()
    assert ticket.assignee == there


def test_merged_into_the_older_one(agent):
    customer = CustomerFactory()
    older, newer = opened(customer), opened(customer, text="Still off.")
    stranger = opened()

    with pytest.raises(merging.NotMergeable):
        merging.merge(one=newer, other=stranger, act=Act(agent, at(10, 12), reason=REASON))
    target = merging.merge(one=newer, other=older, act=Act(agent, at(10, 12), reason=REASON))

    newer.refresh_from_db()
    assert target == older
    assert (newer.state, newer.merged_into) == ("CLOSED", older)
    assert {row.outcome for row in newer.clocks.all()} == {"VOID"}
    assert merging.last(newer) == older


def test_escalation_is_told_once_a_clock_and_level(agent):
    made.office_hours()
    agent.email = "agent@demo.test"
    agent.save(update_fields=["email"])
    made.team(agent)
    ticket = opened()

    steps = [escalation.escalate(act=Act(None, at(10, *when))) for when in ((11, 0), (11, 31))]
    assert steps == [0, 1]
    assert escalation.escalate(act=Act(None, at(10, 12, 5))) == 1
    assert escalation.escalate(act=Act(None, at(10, 12, 6))) == 0

    assert clock(ticket, "FIRST").breached_at == at(10, 12)
    assert Message.objects.filter(event="ticket_late", user_id=agent.pk).count() == 1
    assert AuditEvent.objects.filter(action="ticket.breached").count() == 1


def test_a_survey_is_answered_once_and_a_low_score_can_reopen(agent):
    ticket = opened()
    resolve(ticket, by=agent, when=at(10, 11))
    survey = Survey.objects.get()
    surveys.answer(survey=survey, given=surveys.Answer(2, "Slow."), act=Act(None, at(11, 9)))

    with pytest.raises(surveys.AlreadyAnswered):
        surveys.answer(survey=survey, given=surveys.Answer(5), act=Act(None, at(11, 10)))
    surveys.reopen(survey=survey, act=Act(agent, at(11, 11), reason=REASON))

    ticket.refresh_from_db()
    ticket.customer.account_state.refresh_from_db()
    assert ticket.state == "REOPENED"
    assert ticket.customer.account_state.satisfaction == 2


def test_two_surveys_within_a_week_are_one_message(agent):
    customer = CustomerFactory()
    for day, text in ((10, "One."), (12, "Two."), (20, "Three.")):
        resolve(opened(customer, text=text, at=at(day, 9)), by=agent, when=at(day, 11))

    assert Survey.objects.count() == 3
    asked = Message.objects.filter(event="ticket_survey", channel="SMS")
    assert asked.count() == 2


def test_the_customer_says_that_it_works(agent):
    ticket = opened()

    resolution.works_again(ticket=ticket, act=Act(agent, at(10, 11)))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("RESOLVED", "CUSTOMER")
    assert clock(ticket, "FIRST").outcome == "VOID"
    assert Ticket.objects.get().resolved_by is None


def test_a_call_in_which_somebody_spoke_is_the_first_answer(agent):
    for outcome, stopped in (("NO_ANSWER", False), ("SPOKE", True)):
        ticket = opened()
        call = conversation.called(
            ticket=ticket, talk=Talk(outcome), act=Act(agent, SATURDAY + timedelta(minutes=9))
        )

        assert (call.ticket_id, call.customer_id) == (ticket.pk, ticket.customer_id)
        assert (clock(ticket, "FIRST").stopped_at is not None) == stopped
