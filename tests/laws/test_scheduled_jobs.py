"""Every job of the timetable: killed, cut off from the database, or kept waiting for a lock.

Whatever happened to its first attempt, the timekeeper has it tried again, and what is left is what
an undisturbed run leaves.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache, partial

import psycopg
import pytest
from django.db import OperationalError, connection
from factory.django import DjangoModelFactory

from billing.changes.services import planned_moves, service_states
from billing.changes.services.planned_moves import Pause
from billing.dunning.services import promises
from customers.models import Subscription
from ispbill.audit.models import JobRun
from ispbill.audit.services import timekeeper
from ispbill.celery import app
from ispbill.core import clock, faults
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.schedule import TIMETABLE
from tests import database
from tests.audit.test_slots import let_pass
from tests.factories.changes import approved, asked, billed_service, priced_package
from tests.factories.payments import open_invoice, paid, prepaid
from tests.forked import KILLED, forked
from tests.kept_rows import KeptRows
from tests.laws import at_once
from tests.laws.test_run_rivals import company

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

JOBS = [row for row in TIMETABLE if row.has_slots]
NOW = datetime(2026, 1, 29, 4, 15, tzinfo=UTC)  # a quarter past ten in Dhaka
ON = date(2026, 1, 29)
BEFORE = datetime(2026, 1, 20, 4, tzinfo=UTC)
WHY = "because a test says so"
MOMENT = re.compile(r"datetime\.datetime\([^)]*\)")

_rows = KeptRows()


@pytest.fixture(scope="module", autouse=True)
def _scene_is_kept(django_db_setup, django_db_blocker):
    yield
    with django_db_blocker.unblock():
        _rows.forget()


@pytest.fixture(autouse=True)
def _rung(monkeypatch):
    monkeypatch.setattr("ispbill.core.jobs.publish", lambda _name, _kwargs: None)


@pytest.fixture(autouse=True)
def _little_is_learnt(monkeypatch):
    """What is learnt is tried in test_churn_models.py; here its job is killed and done again."""
    monkeypatch.setattr("churn.services.trying.CUSTOMERS", 1_500)
    monkeypatch.setattr("churn.services.fitting.TREES", 15)


def scene():
    """A company in which every job of the timetable has something to do; lived once."""
    if _rows:
        _rows.put_back()
    else:
        _live()
        _rows.keep()
    Company.forget_cached()
    clock.set_simulated(NOW)


def _live():
    database.empty()
    for factory in DjangoModelFactory.__subclasses__():
        factory.reset_sequence(force=True)
    chosen = Company.current()
    chosen.defers_revenue = True
    chosen.save()
    Company.forget_cached()
    clock.set_simulated(NOW)
    moved, ended, better = billed_service(), billed_service(), billed_service()
    planned_moves.plan_pause(
        subscription=moved,
        wanted=Pause("CUSTOMER_REQUEST", False, ON, date(2026, 2, 20)),
        act=Act(None, BEFORE, on=date(2026, 1, 20), reason=WHY),
    )
    planned_moves.plan_termination(
        subscription=ended, on=ON, act=Act(None, BEFORE, on=date(2026, 1, 20), reason=WHY)
    )
    change = asked(better, priced_package("1500.00"), on=ON, at=BEFORE, effective="PERIOD_END")
    approved(change, on=ON, at=BEFORE)
    billed_service("3000.00", cycle="QUARTERLY")
    late = billed_service()
    open_invoice(late.customer, "900.00", due=date(2026, 1, 10))
    promises.promise(
        customer=billed_service().customer,
        until=date(2026, 1, 30),
        act=Act(None, BEFORE, on=ON, reason=WHY),
    )
    away = billed_service()
    service_states.suspend(
        subscription=away,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        on=date(2026, 1, 12),
        act=Act(None, BEFORE, reason=WHY),
    )
    paid(late.customer, "100.00", at=BEFORE)
    prepaid(until=date(2026, 2, 1))


def left():
    """What a job leaves, moments and attempts aside."""
    found = {
        name: [MOMENT.sub("moment", str(row)) for row in rows] for name, rows in company().items()
    }
    messages = sorted(Message.objects.values_list("event", "channel", "recipient", "state"))
    states = sorted(Subscription.objects.values_list("connection_id", "status"))
    return {**found, "messages": messages, "states": states}


def start(row):
    """Open the job's slot, as the timekeeper does each twenty seconds; return it."""
    clock.forget()
    timekeeper._open(row, at=clock.now())
    return JobRun.objects.get(job=row.job).scheduled_for.isoformat()


def attempt(row, slot):
    app.loader.import_default_modules()
    app.tasks[row.task](scheduled_for=slot)


def go_on(row, slot):
    """Let a minute go by and the timekeeper do its work, then the worker that it rings for."""
    let_pass(61)
    rung = timekeeper.keep_time(at=clock.now())
    if JobRun.objects.get(job=row.job, scheduled_for=slot).status == JobRun.Status.WAITING:
        assert row.job in rung
        attempt(row, slot)


@cache
def undisturbed(row):
    scene()
    attempt(row, start(row))
    return left()


@pytest.mark.parametrize("row", JOBS, ids=lambda row: row.job)
def test_a_job_killed_in_the_middle_is_done_by_the_next_worker(row, monkeypatch):
    clean = undisturbed(row)
    for point in ("job.claimed", "job.writes"):
        scene()
        slot = start(row)
        code = forked(partial(attempt, row, slot), fault=point)
        assert code in (KILLED, 0)
        if point == "job.claimed":
            assert code == KILLED
            assert JobRun.objects.get(job=row.job).status == "RUNNING"

        go_on(row, slot)

        _is_done_as(clean, row, slot)


@pytest.mark.parametrize("row", JOBS, ids=lambda row: row.job)
def test_a_job_whose_database_went_away_is_done_by_its_next_attempt(row):
    clean = undisturbed(row)
    scene()
    slot = start(row)

    def hang_up():
        pid = connection.connection.info.backend_pid
        with database.app_connection(autocommit=True) as rival:
            rival.execute("SELECT pg_terminate_backend(%s)", [pid])

    broken = (OperationalError, psycopg.OperationalError)
    with faults.passing("job.claimed", hang_up), suppress(*broken):
        attempt(row, slot)
    connection.close()

    go_on(row, slot)

    _is_done_as(clean, row, slot)


@pytest.mark.parametrize("row", JOBS, ids=lambda row: row.job)
def test_a_job_that_was_not_given_a_lock_is_done_by_its_next_attempt(row):
    clean = undisturbed(row)
    scene()
    slot = start(row)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    with database.app_connection() as rival:
        rival.execute("SELECT 1 FROM customers_accountstate FOR UPDATE")
        try:
            attempt(row, slot)
        except OperationalError:
            assert JobRun.objects.get(job=row.job).status == "WAITING"
    connection.close()

    go_on(row, slot)

    _is_done_as(clean, row, slot)


def _is_done_as(clean, row, slot):
    run = JobRun.objects.get(job=row.job, scheduled_for=slot)
    assert run.status in ("COMPLETED", "PARTIAL"), run.error
    assert left() == clean
    assert at_once.broken() == []


def test_the_scene_gives_the_jobs_of_money_something_to_do():
    scene()
    before = left()
    idle = []
    for row in JOBS:
        scene()
        attempt(row, start(row))
        if left() == before:
            idle.append(row.job)

    assert not {
        "run_billing",
        "apply_planned_moves",
        "apply_suspensions",
        "recognise_revenue",
    } & set(idle)
