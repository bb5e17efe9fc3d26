"""The rules of tickets: business time, clocks, moves, agreements, turns, scores."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tickets.rules import canned, clocks, moves, policies, rotation, satisfaction, sla
from tickets.rules.clocks import Hand
from tickets.rules.policies import Policy, Targets
from tickets.rules.rotation import Member

DHAKA = ZoneInfo("Asia/Dhaka")
# Saturday to Thursday, 09–13 and 14–18; Friday is closed.
HQ = sla.Calendar(
    DHAKA, {day: ((540, 780), (840, 1080)) for day in (0, 1, 2, 3, 5, 6)}, frozenset()
)


def at(day, hour, minute=0, month=1):
    return datetime(2026, month, day, hour, minute, tzinfo=DHAKA)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (at(10, 12, 30), 120, at(10, 15, 30)),
        (at(15, 17, 20), 120, at(17, 10, 20)),
        (at(10, 16), 120, at(10, 18)),
    ],
)
def test_a_target_is_due_when_its_business_time_is_used_up(start, minutes, due):
    assert sla.after(HQ, start, minutes * 60) == due
    assert sla.seconds_between(HQ, start, due) == minutes * 60


def test_a_holiday_is_closed():
    closed = sla.Calendar(DHAKA, HQ.opening, frozenset({date(2026, 2, 21)}))

    assert sla.after(closed, at(19, 17, month=2), 7200) == at(22, 10, month=2)


def test_round_the_clock_every_hour_counts():
    always = sla.Calendar(DHAKA)

    assert sla.after(always, at(16, 23), 7200) == at(17, 1)


def test_what_is_due_at_closing_time_is_not_due_at_the_next_opening():
    assert sla.after(HQ, at(16, 3), 0) == at(16, 3)  # nothing to wait for, on a closed day too
    assert sla.seconds_between(HQ, at(15, 18), at(17, 9)) == 0


def test_a_calendar_that_never_opens_is_refused():
    with pytest.raises(ValueError, match="never opens"):
        sla.after(sla.Calendar(DHAKA, {}), at(10, 10), 60)


def test_waiting_for_the_customer_costs_no_time():
    running = clocks.started(Hand(480 * 60), at=at(10, 10))
    waiting = clocks.paused(running, HQ, at=at(10, 12))
    resumed = clocks.started(waiting, at=at(11, 16))

    assert clocks.left(waiting, HQ, at=at(11, 9)) == 360 * 60  # "paused, 6 h left"
    assert clocks.due(waiting, HQ) is None
    assert clocks.due(resumed, HQ) == at(12, 13)


def test_a_raised_priority_keeps_the_time_that_was_used():
    normal = clocks.started(Hand(1440 * 60), at=at(10, 10))

    high = clocks.retargeted(
        normal, HQ, target_seconds=480 * 60, at=at(10, 17), floor_seconds=3600, is_more_urgent=True
    )

    assert high.used_seconds == 360 * 60
    assert clocks.due(high, HQ) == at(11, 10)


def test_after_a_change_there_is_time_to_act_but_not_more_than_before():
    nearly = clocks.started(Hand(240 * 60, used_seconds=230 * 60), at=at(10, 10))
    change = {"target_seconds": 60 * 60, "at": at(10, 10), "floor_seconds": 900}

    lower = clocks.retargeted(nearly, HQ, **change, is_more_urgent=False)
    higher = clocks.retargeted(nearly, HQ, **change, is_more_urgent=True)

    assert clocks.due(lower, HQ) == at(10, 10, 15)
    assert clocks.due(higher, HQ) == at(10, 10, 10)


def test_a_reopened_ticket_has_at_least_an_hour():
    reopened = clocks.started(Hand(480 * 60, 450 * 60), at=at(13, 10), floor_seconds=3600)

    assert clocks.due(reopened, HQ) == at(13, 11)


def test_a_resolved_ticket_may_be_reopened_to_the_end_of_the_seventh_day():
    resolved = at(10, 9)

    assert moves.last_day_to_reopen(resolved, DHAKA) == date(2026, 1, 17)
    assert moves.may_reopen(resolved, on=date(2026, 1, 17), zone=DHAKA)
    assert not moves.may_reopen(resolved, on=date(2026, 1, 18), zone=DHAKA)


@pytest.mark.parametrize(
    ("before", "after", "is_allowed"),
    [
        ("OPEN", "IN_PROGRESS", True),
        ("WAITING_CUSTOMER", "IN_PROGRESS", True),
        ("RESOLVED", "REOPENED", True),
        ("RESOLVED", "IN_PROGRESS", False),
        ("CLOSED", "REOPENED", False),
        ("IN_PROGRESS", "OPEN", False),
    ],
)
def test_the_moves_of_a_ticket(before, after, is_allowed):
    assert moves.is_allowed(before, after) is is_allowed


def test_the_agreement_that_says_most_wins_then_the_higher_one():
    blank = Policy(1, 0, Targets(1, 1, 1))
    category = Policy(2, 1, Targets(2, 2, 2), category=7)
    business = Policy(3, 2, Targets(3, 3, 3), customer_class="BUSINESS")
    both = Policy(4, 9, Targets(4, 4, 4), category=7, customer_class="BUSINESS")
    every = [blank, category, business, both]

    def chosen(category, kind, among=every):
        found = policies.match(among, category=category, priority="HIGH", customer_class=kind)
        return found.pk

    assert chosen(7, "BUSINESS") == 4
    assert chosen(7, "BUSINESS", [blank, business, category]) == 2
    assert chosen(8, "RESIDENTIAL") == 1


def test_without_an_agreement_the_houses_own_targets_hold():
    found = policies.match([], category=1, priority="URGENT", customer_class="RESIDENTIAL")

    assert found.targets == Targets(15, 30, 240)


def test_tickets_go_round():
    """A, B, C, at most two each, B away, five tickets: A, C, A, C, nobody."""
    last, live, given = {}, dict.fromkeys("ABC", 0), []
    for minute in range(5):
        members = [Member(ord(name), live[name], name == "B", last.get(name)) for name in "ABC"]
        pk = rotation.turn(members, most=2)
        given.append(chr(pk) if pk else "")
        if pk:
            last[chr(pk)] = datetime(2026, 1, 10, 4, minute, tzinfo=UTC)
            live[chr(pk)] += 1

    assert given == ["A", "C", "A", "C", ""]


def test_the_net_promoter_score_rounds_half_away_from_zero():
    assert satisfaction.nps([10] * 18 + [8] * 13 + [3] * 9) == 23
    assert satisfaction.nps([3] * 18 + [8] * 13 + [10] * 9) == -23
    assert satisfaction.nps([]) is None


def test_shares_of_stars_and_of_clocks():
    assert satisfaction.csat([5, 4, 3, 1]) == Decimal("0.5")
    assert satisfaction.compliance(met=187, breached=16) == Decimal("92.1")
    assert satisfaction.compliance(met=0, breached=0) is None


def test_a_placeholder_nobody_filled_in_is_seen():
    text = canned.filled("Dear {name}, about {ticket}: {price}.", {"name": "Amina", "ticket": ""})

    assert text == "Dear Amina, about {ticket}: {price}."
    assert canned.empty_places(text) == ["ticket"]
