"""What is not well rings twice looked at, again in time, and says when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.upkeep.gateways import heartbeat
from ispbill.upkeep.models import Alarm
from ispbill.upkeep.queries import conditions
from ispbill.upkeep.queries.conditions import Condition
from ispbill.upkeep.rules.alarms import Known, Look, Tell, judge
from ispbill.upkeep.services import alarms
from tests.factories.accounts import UserFactory
from tests.factories.upkeep import alarm

T0 = datetime(2026, 11, 23, 10, tzinfo=UTC)
MORNING = T0 - timedelta(hours=3)


def at(minutes, *, well=False, critical=True, sure=False, morning=MORNING):
    return Look(T0 + timedelta(minutes=minutes), well, critical, sure, morning)


def follow(*looks):
    """Return what was told after each look, and what is known in the end."""
    known, told = None, []
    for look in looks:
        known, tell = judge(known, look)
        told.append(tell)
    return told, known


# --- The rule


def test_one_bad_look_rings_nobody():
    told, known = follow(at(0), at(0.5), at(0.9, well=True))

    assert told == [Tell.NOTHING] * 3
    assert known is None


def test_two_looks_a_minute_apart_ring_once():
    told, known = follow(at(0), at(1), at(2), at(3))

    assert told == [Tell.NOTHING, Tell.OPENED, Tell.NOTHING, Tell.NOTHING]
    assert known.opened_at == T0 + timedelta(minutes=1)


def test_what_is_counted_rings_at_the_first_look():
    assert follow(at(0, sure=True))[0] == [Tell.OPENED]


def test_critical_rings_again_after_four_hours_and_a_warning_in_the_morning():
    told, _known = follow(at(0), at(1), at(240), at(241), at(300))
    assert told[2:] == [Tell.NOTHING, Tell.AGAIN, Tell.NOTHING]

    morning = T0 + timedelta(hours=23)
    told, _known = follow(
        at(0, critical=False),
        at(1, critical=False),
        at(1379, critical=False),
        at(1381, critical=False, morning=morning),
        at(1382, critical=False, morning=morning),
    )
    assert told[2:] == [Tell.NOTHING, Tell.AGAIN, Tell.NOTHING]


def test_it_is_over_after_five_good_minutes_in_a_row():
    looks = at(0), at(1), at(40, well=True), at(42), at(43, well=True), at(48, well=True)
    told, known = follow(*looks)

    assert told[2:] == [Tell.NOTHING, Tell.NOTHING, Tell.NOTHING, Tell.OVER]
    assert known.well_since - known.opened_at == timedelta(minutes=42)


def test_back_within_half_an_hour_it_is_the_same_alarm_counted():
    _told, over = follow(at(0), at(1), at(10, well=True), at(15, well=True))

    again, tell = judge(over, at(44))
    assert (tell, again.times, again.closed_at) == (Tell.OPENED, 2, None)

    other, tell = judge(over, at(46))
    assert (tell, other.times, other.opened_at) == (Tell.NOTHING, 1, None)


def test_who_took_it_on_is_not_told_again_unless_it_gets_worse():
    taken = Known(False, T0, T0, T0, silent_until=T0 + timedelta(hours=24))

    assert judge(taken, at(600, critical=False, morning=T0 + timedelta(hours=9)))[1] == Tell.NOTHING
    worse, tell = judge(taken, at(600))
    assert (tell, worse.silent_until) == (Tell.WORSE, None)
    assert judge(replace(taken, is_critical=True), at(600))[1] == Tell.NOTHING


# --- The service


@pytest.fixture
def state(monkeypatch):
    """Let a test say how one condition stands; the others are well."""
    held = {"level": conditions.OK, "figure": 0.0}

    def found(*, at, real_at):
        return [Condition("disk used, share", held["level"], held["figure"], 0.8, 0.9)]

    monkeypatch.setattr(conditions, "conditions", found)
    return held


def look(minutes):
    return alarms.watch(at=clock.now(), real_at=T0 + timedelta(minutes=minutes))


@pytest.mark.django_db
def test_owner_and_network_are_told_and_told_when_it_is_over(state):
    owner = UserFactory(role=User.Role.OWNER, phone="+8801711000001", email="o@demo.test")
    UserFactory(role=User.Role.CASHIER, phone="+8801711000002", email="c@demo.test")
    state.update(level=conditions.CRITICAL, figure=0.97)

    assert [look(0), look(1), look(2)] == [{}, {"OPENED": 1}, {}]

    sent = Message.objects.filter(event="alarm")
    assert {(one.user_id, one.channel) for one in sent} == {(owner.pk, "EMAIL"), (owner.pk, "SMS")}
    assert sent[0].context["subject"] == "Critical: Disk used"
    assert sent[0].context["reason"] == "97%"

    state.update(level=conditions.OK, figure=0.5)
    assert [look(48), look(53)] == [{}, {"OVER": 1}]
    assert Message.objects.filter(event="alarm_over").first().context["reason"] == "47 min"
    assert not Alarm.objects.get().is_open
    assert look(54) == {}
    assert Alarm.objects.count() == 1


@pytest.mark.django_db
def test_a_warning_costs_no_sms_and_a_condition_that_recovers_unconfirmed_leaves_no_row(state):
    UserFactory(role=User.Role.NOC, phone="+8801711000001", email="n@demo.test")
    state.update(level=conditions.WARNING, figure=0.85)
    look(0)
    state.update(level=conditions.OK)
    look(0.9)
    assert not Alarm.objects.exists()

    state.update(level=conditions.WARNING)
    look(5)
    look(6)
    assert list(Message.objects.values_list("channel", flat=True)) == ["EMAIL"]


@pytest.mark.django_db
def test_after_ten_messages_within_the_hour_one_stands_for_all_others(state):
    owner = UserFactory(role=User.Role.OWNER, phone="", email="o@demo.test")
    for number in range(10):
        Message.objects.create(
            dedup_key=f"{number}",
            event="alarm",
            channel="EMAIL",
            recipient="o@demo.test",
            user_id=owner.pk,
            next_attempt_at=clock.now(),
            created_at=clock.now(),
        )
    state.update(level=conditions.WARNING)
    look(0)
    look(1)

    assert Message.objects.filter(event="alarm").count() == 10
    assert Message.objects.get(event="alarm_digest").context["count"] == "1"


@pytest.mark.django_db
def test_taking_on_needs_a_reason_and_an_open_alarm(client):
    noc = UserFactory(role=User.Role.NOC)
    client.force_login(noc)
    row = alarm()
    address = reverse("staff_upkeep:alarm-take-on", args=[row.pk])

    assert client.post(address, {"hours": 4, "reason": "soon"}).status_code == 422
    client.post(address, {"hours": 4, "reason": "Beat is being started anew"})
    row.refresh_from_db()

    left = row.silent_until - clock.real_now()
    assert timedelta(hours=3, minutes=59) < left <= timedelta(hours=4)
    assert AuditEvent.objects.filter(action="alarm.taken_on").count() == 1
    told = client.get(reverse("staff:health")).content.decode()
    assert f"{noc.name} is on it" in told

    over = alarm(condition="disk used, share")
    Alarm.objects.filter(pk=over.pk).update(closed_at=clock.real_now())
    with pytest.raises(alarms.NotOpen):
        alarms.take_on(alarm=over, hours=1, act=Act.now(noc, reason="It was over already"))
    assert (
        client.post(
            reverse("staff_upkeep:alarm-take-on", args=[over.pk]),
            {"hours": 1, "reason": "It was over already"},
        ).status_code
        == 422
    )


# --- The watcher outside


def test_nobody_is_called_without_an_address(settings):
    settings.HEARTBEAT_URL = ""
    assert heartbeat.fetch() is False


def test_a_watcher_that_does_not_answer_breaks_nothing(settings):
    settings.HEARTBEAT_URL = "https://127.0.0.1:9/isp"
    assert heartbeat.fetch() is False
