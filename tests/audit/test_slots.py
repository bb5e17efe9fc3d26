"""A slot of the timetable is done once, or people are told: the table of operations, row by row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from ispbill.audit.models import JobBeat, JobRun
from ispbill.audit.services import fence, jobs, run_now, slots, timekeeper, trail
from ispbill.audit.services.fence import Overtaken
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.notifications.services import job_alarms
from ispbill.schedule import TIMETABLE
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

SLOT = datetime(2026, 1, 9, 20, tzinfo=UTC)  # two in the morning of the 10th in Dhaka
NIGHT = SLOT + timedelta(minutes=1)
JOB = "run_billing"


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """What the timekeeper rings for, instead of a broker."""
    sent = []
    monkeypatch.setattr(
        "ispbill.core.jobs.publish", lambda name, kwargs: sent.append((name, kwargs))
    )
    return sent


@pytest.fixture
def _only_billing(monkeypatch):
    billing = tuple(row for row in TIMETABLE if row.job == JOB)
    monkeypatch.setattr("ispbill.audit.services.timekeeper.TIMETABLE", billing)


def row():
    return JobRun.objects.get(job=JOB)


def let_pass(seconds):
    """Let the database's clock go on for this job: what it has noted is so much older."""
    older = f"interval '{seconds} seconds'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE audit_jobrun SET next_attempt_at = next_attempt_at - {older},"
            f" queued_at = queued_at - {older}"
        )
        cursor.execute(f"UPDATE audit_jobbeat SET at = at - {older}")


def seconds_to_wait():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(extract(epoch FROM next_attempt_at - clock_timestamp()))"
            " FROM audit_jobrun"
        )
        return int(cursor.fetchone()[0])


def work(error=None):
    with jobs.run(JOB, at=NIGHT, trigger="SCHEDULE", scheduled_for=SLOT):
        if error:
            raise error


@pytest.mark.usefixtures("_only_billing")
def test_a_slot_that_is_due_waits_and_is_rung_for_once_a_minute(rung):
    assert timekeeper.keep_time(at=NIGHT) == [JOB]
    assert (row().status, row().scheduled_for) == ("WAITING", SLOT)
    assert rung == [("billing.run_billing", {"scheduled_for": SLOT.isoformat()})]

    assert timekeeper.keep_time(at=NIGHT) == []
    let_pass(61)
    assert timekeeper.keep_time(at=NIGHT) == [JOB]


def test_a_claim_is_had_by_one_and_a_success_ends_the_slot():
    slots.open_slot(job=JOB, slot=SLOT, deadline=None, at=NIGHT)

    claim = slots.claim(job=JOB, slot=SLOT, at=NIGHT)

    assert (row().status, row().attempt, row().fence) == ("RUNNING", 1, 1)
    assert slots.claim(job=JOB, slot=SLOT, at=NIGHT) is None
    assert claim.fence == 1
    with pytest.raises(jobs.AlreadyRun):
        work()


def test_the_next_slot_waits_while_the_one_before_is_at_work():
    later = SLOT + timedelta(days=1)
    for slot in (SLOT, later):
        slots.open_slot(job=JOB, slot=slot, deadline=None, at=NIGHT)
    first = slots.claim(job=JOB, slot=SLOT, at=NIGHT)

    assert slots.to_enqueue() == []
    assert slots.claim(job=JOB, slot=later, at=NIGHT) is None

    assert slots.put_back(first, error="it erred", at=NIGHT)
    assert slots.claim(job=JOB, slot=later, at=NIGHT) is not None


def test_an_error_waits_longer_each_time_and_the_eighth_is_the_last():
    for minutes in (1, 5, 15, 30, 60, 60, 60):
        with pytest.raises(ValueError, match="lock"):
            work(ValueError("lock not available"))
        assert row().status == "WAITING"
        assert seconds_to_wait() == pytest.approx(minutes * 60, abs=5)
        assert slots.claim(job=JOB, slot=SLOT, at=NIGHT) is None
        let_pass(minutes * 60 + 1)

    with pytest.raises(ValueError, match="lock"):
        work(ValueError("lock not available"))

    assert (row().status, row().attempt) == ("FAILED", 8)
    assert row().error == "ValueError: lock not available"


@pytest.mark.usefixtures("_only_billing")
def test_a_dead_worker_is_followed_by_another_at_once_and_from_the_third_time_later():
    slots.open_slot(job=JOB, slot=SLOT, deadline=None, at=NIGHT)
    for deaths, wait in ((1, 0), (2, 0), (3, 900)):
        assert slots.claim(job=JOB, slot=SLOT, at=NIGHT) is not None
        let_pass(59)
        assert slots.take_from_the_dead(at=NIGHT) == 0
        let_pass(2)
        assert slots.take_from_the_dead(at=NIGHT) == 1
        assert (row().status, row().deaths) == ("WAITING", deaths)
        assert seconds_to_wait() == pytest.approx(wait, abs=5)


def test_who_has_been_taken_for_dead_writes_nothing_more():
    slots.open_slot(job=JOB, slot=SLOT, deadline=None, at=NIGHT)
    claim = slots.claim(job=JOB, slot=SLOT, at=NIGHT)
    with fence.holding(claim):
        with transaction.atomic():
            trail.begin(act=Act(None, NIGHT))  # still ours
        let_pass(61)
        slots.take_from_the_dead(at=NIGHT)
        with pytest.raises(Overtaken), transaction.atomic():
            trail.begin(act=Act(None, NIGHT))
    slots.beat(claim)

    assert not slots.put_back(claim, error="late", at=NIGHT)
    assert row().status == "WAITING"
    assert JobBeat.objects.get().at < datetime.now(UTC) - timedelta(seconds=59)


def test_a_worker_in_the_middle_of_a_transaction_is_not_taken_for_dead():
    from threading import Thread

    slots.open_slot(job=JOB, slot=SLOT, deadline=None, at=NIGHT)
    claim = slots.claim(job=JOB, slot=SLOT, at=NIGHT)
    let_pass(61)
    taken = []

    def look():
        taken.append(slots.take_from_the_dead(at=NIGHT))
        connection.close()

    with fence.holding(claim), transaction.atomic():
        trail.begin(act=Act(None, NIGHT))
        other = Thread(target=look)
        other.start()
        other.join()

    assert taken == [0]
    assert row().status == "RUNNING"


def test_a_worker_told_to_end_is_followed_at_once():
    with pytest.raises(SystemExit):
        work(SystemExit(1))

    assert (row().status, row().deaths) == ("WAITING", 1)
    assert seconds_to_wait() <= 0


@pytest.mark.usefixtures("_only_billing")
def test_a_slot_past_its_deadline_has_failed_and_people_are_told_once(rung):
    UserFactory(role="OWNER", email="owner@isp.test", phone="+8801711000099", name="Rafiq")
    UserFactory(role="SUPPORT", email="support@isp.test")
    timekeeper.keep_time(at=NIGHT)

    timekeeper.keep_time(at=SLOT + timedelta(days=1))  # the next slot has come

    assert [run.status for run in JobRun.objects.order_by("scheduled_for")] == ["FAILED", "WAITING"]
    assert ("notifications.tell_of_failed_jobs", {}) in rung
    assert job_alarms.tell(at=NIGHT) == 2
    assert job_alarms.tell(at=NIGHT) == 0
    assert {one.recipient for one in Message.objects.filter(event="job_failed")} == {
        "owner@isp.test",
        "+8801711000099",
    }


@pytest.mark.parametrize(
    ("job", "slot", "deadline"),
    [("send_reminders", (9, 0), (20, 0)), ("process_debit_orders", (6, 0), (11, 0))],
)
def test_some_jobs_are_only_worth_doing_until_an_hour(job, slot, deadline):
    scheduled = next(row for row in TIMETABLE if row.job == job)
    local = datetime(2026, 1, 10, 23, tzinfo=UTC)

    opened = scheduled.latest_slot(local)

    assert (opened.hour, opened.minute) == slot
    ends = scheduled.deadline(opened)
    assert (ends.date(), ends.hour, ends.minute) == (date(2026, 1, 10), *deadline)


@pytest.mark.usefixtures("_only_billing")
def test_a_new_installation_has_missed_nothing(monkeypatch):
    reminders = tuple(row for row in TIMETABLE if row.job == "send_reminders")
    monkeypatch.setattr("ispbill.audit.services.timekeeper.TIMETABLE", reminders)

    timekeeper.keep_time(at=datetime(2026, 1, 10, 16, tzinfo=UTC))  # ten in the evening

    assert not JobRun.objects.exists()


def test_run_now_gives_a_failed_slot_one_more_attempt(rung):
    slots.open_slot(job=JOB, slot=SLOT, deadline=NIGHT, at=NIGHT)
    slots.fail_late(at=NIGHT)

    run_now.start(job=JOB, act=Act(UserFactory(), NIGHT, reason="the disk is free again"))

    assert rung == [("billing.run_billing", {"scheduled_for": SLOT.isoformat()})]
    work()
    assert (row().status, row().attempt) == ("COMPLETED", 8)  # the last one it may have
