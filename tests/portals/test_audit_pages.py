"""The audit log and the job log as their readers see them."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.audit.queries import job_runs, timeline
from ispbill.audit.rules import job_titles
from ispbill.core import clock, heartbeats
from ispbill.portals.views import act_words
from ispbill.portals.views import job_runs as job_views
from ispbill.schedule import TIMETABLE, Scheduled
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(minutes=0, **fields):
    values = {
        "at": START + timedelta(minutes=minutes),
        "actor_name": "Mina",
        "action": "customer.changed",
        "target_type": "customer",
        "target_id": "1",
        "target_label": "Amina",
        **fields,
    }
    return AuditEvent.objects.create(**values)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def shown(page):
    return [event.pk for event, _told in page.context["rows"]]


def test_pages_by_key_show_every_event_once_in_order(client, owner):
    made = [event(minutes=number // 3).pk for number in range(60)]

    seen, address = [], "?size=25"
    while address:
        page = client.get("/admin/audit/" + address)
        seen += shown(page)
        older = page.context["pager"].older
        address = f"?size=25&after={older.replace('+', '%2B')}" if older else ""

    assert seen == sorted(made, reverse=True)


def test_newer_leads_back_to_the_page_before():
    for number in range(60):
        event(minutes=number)
    found = timeline.events(timeline.Filters())
    first = timeline.page(found, size=25)
    second = timeline.page(found, after=first.older, size=25)

    back = timeline.page(found, before=second.newer, size=25)

    assert back == first or [row.pk for row in back.rows] == [row.pk for row in first.rows]


@pytest.mark.parametrize("cursor", ["x", "2026-01-01_1", "_", "2026-01-01T00:00:00+00:00_x", "%"])
def test_a_bad_cursor_is_the_first_page(client, owner, cursor):
    one = event()

    assert shown(client.get("/admin/audit/", {"after": cursor})) == [one.pk]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "min"}, True),
        ({"actor": "rafi"}, False),
        ({"action": "customer."}, True),
        ({"action": "invoice."}, False),
        ({"target": "amina"}, True),
        ({"request": "abc"}, True),
        ({"request": "abcd"}, False),
        ({"since": "2026-01-01", "until": "2026-01-01"}, True),
        ({"since": "2026-01-02"}, False),
        ({"customer": "CT-0000-00000"}, False),
        ({"action": "' OR 1=1 --"}, False),
    ],
)
def test_filters_keep_what_matches(client, owner, asked, found):
    one = event(minutes=60, request_id="abc")

    assert shown(client.get("/admin/audit/", asked)) == ([one.pk] if found else [])


def test_a_branch_manager_sees_the_own_branch_only(client):
    mine, other = BranchFactory(), BranchFactory()
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=mine))
    own, foreign, nobodys = event(branch_id=mine.pk), event(branch_id=other.pk), event()

    assert shown(client.get("/admin/audit/")) == [own.pk]
    for hidden in (foreign, nobodys):
        page = client.get(reverse("staff_audit:event", args=[hidden.pk]))
        assert page.status_code == HTTPStatus.NOT_FOUND
    assert (
        b"Amina"
        not in client.get(
            reverse("staff_audit:customer-panel", args=[CustomerFactory().number])
        ).content
    )


def test_a_snapshots_secrets_are_not_shown(client, owner):
    one = event(before={"password": "finding-1", "name": "A"}, after={"sealed_x": "finding-2"})

    page = client.get(reverse("staff_audit:event", args=[one.pk])).content

    assert b"finding-" not in page


def test_the_export_guards_against_formulas(client, owner):
    event(reason='=HYPERLINK("http://evil.test")', target_label="@SUM(A1)")

    text = b"".join(client.get(reverse("staff_audit:export")).streaming_content).decode()

    assert "'=HYPERLINK" in text
    assert ",'@SUM" in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    client, owner, count, django_assert_max_num_queries
):
    for _i in range(count):
        event()
    client.get("/admin/audit/")

    with django_assert_max_num_queries(8):
        client.get("/admin/audit/")


def test_the_customers_tab_lists_the_customers_events(client, owner):
    customer = CustomerFactory()
    mine, _other = event(customer_id=customer.pk), event(customer_id=customer.pk + 1)

    page = client.get(reverse("staff_audit:customer-panel", args=[customer.number]))

    assert shown(page) == [mine.pk]


def test_a_row_is_shown_as_it_was(client, owner):
    customer = CustomerFactory(name="Amina")

    page = client.get(
        reverse("staff_audit:history", args=["customer", customer.pk]), {"at": "2026-01-05T10:00"}
    )

    assert page.context["then"]["name"] == "Amina"


@pytest.mark.parametrize("address", ["/admin/history/user/1/", "/admin/history/customer/999/"])
def test_other_tables_and_missing_rows_have_no_history(client, owner, address):
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_branch_manager_sees_no_foreign_rows_history(client):
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))
    address = reverse("staff_audit:history", args=["customer", CustomerFactory().pk])

    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


# --- Job runs


def run(**fields):
    values = {"job": "billing", "started_at": START, "heartbeat_at": START, **fields}
    return JobRun.objects.create(**values)


def test_progress_asks_again_while_running_and_says_286_at_the_end(client, owner):
    going, over = run(total=4, processed=1), run(status="COMPLETED", finished_at=START)

    running = client.get(reverse("staff_audit:job-progress", args=[going.pk]))
    ended = client.get(reverse("staff_audit:job-progress", args=[over.pk]))

    assert (running.status_code, ended.status_code) == (200, 286)
    assert b"every 2s" in running.content
    assert b"every 2s" not in ended.content


def test_a_run_shows_its_problems(client, owner):
    one = run(status="PARTIAL", finished_at=START, failed=1)
    one.problems.create(item_type="customer", item_id=1, item_label="Amina", message="no price")

    assert b"no price" in client.get(reverse("staff_audit:job-run", args=[one.pk])).content


@pytest.fixture
def nightly(monkeypatch):
    from datetime import time

    from ispbill.audit.services import run_now

    table = (Scheduled(job="nightly", task="x.nightly", why="Bills.", at=time(2, 0)),)
    for module in (job_runs, job_views, run_now):
        monkeypatch.setattr(module, "TIMETABLE", table)
    return table


def punctual(at, success=None, *, begun=datetime(2026, 1, 2, 12, 0, tzinfo=UTC)):
    if begun:
        run(job="another", started_at=begun)
    if success:
        run(job="nightly", status="COMPLETED", started_at=success, finished_at=success)
    return job_runs.punctuality(at=at, real_at=at, zone=clock.zone())[0].is_missed


@pytest.mark.parametrize(
    ("hour_utc", "minute", "success", "is_missed"),
    [  # Dhaka is six hours ahead: two in the morning is 20:00 UTC
        (20, 20, None, False),
        (20, 31, None, True),
        (20, 31, datetime(2026, 1, 9, 20, 1, tzinfo=UTC), False),
        (20, 31, datetime(2026, 1, 8, 20, 1, tzinfo=UTC), True),
        (19, 0, datetime(2026, 1, 8, 20, 1, tzinfo=UTC), False),
    ],
)
def test_a_nightly_job_is_missed_half_an_hour_after_its_turn(
    nightly, hour_utc, minute, success, is_missed
):
    at = datetime(2026, 1, 9, hour_utc, minute, tzinfo=UTC)
    if hour_utc == 20 and minute == 20:
        success = datetime(2026, 1, 8, 20, 1, tzinfo=UTC)

    assert punctual(at, success) is is_missed


@pytest.mark.parametrize("begun", [None, datetime(2026, 1, 9, 20, 5, tzinfo=UTC)])
def test_a_turn_from_before_the_installation_is_not_missed(nightly, begun):
    assert punctual(datetime(2026, 1, 9, 20, 45, tzinfo=UTC), begun=begun) is False
    assert punctual(datetime(2026, 1, 10, 20, 45, tzinfo=UTC), begun=begun) is bool(begun)


@pytest.mark.parametrize(
    ("minutes_alive", "is_missed"), [(None, True), (2, False), (16, False), (17, True)]
)
def test_a_frequent_job_is_late_when_three_turns_passed_since_the_scheduler_started(
    monkeypatch, db, minutes_alive, is_missed
):
    row = Scheduled(job="sweep", task="x.sweep", why="Sweeps.", every=timedelta(minutes=5))
    monkeypatch.setattr(job_runs, "TIMETABLE", (row,))
    at = clock.real_now()
    if minutes_alive is not None:
        for minute in range(minutes_alive, -1, -1):
            monkeypatch.setattr(clock, "real_now", lambda ago=minute: at - timedelta(minutes=ago))
            heartbeats.beat()

    found = job_runs.punctuality(at=at, real_at=at, zone=clock.zone())[0]

    assert (found.is_missed, found.last_success) == (is_missed, None)


def test_run_now_wants_a_reason_and_leaves_a_trail(
    client, owner, nightly, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    instead_of(monkeypatch, "x.nightly", sent.append)
    address = reverse("staff_audit:run-now", args=["nightly"])

    refused = client.post(address, {"reason": "short"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"reason": "the night run was missed"})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sent == [{}]
    noted = AuditEvent.objects.get(action="job.started_by_hand")
    assert (noted.reason, noted.actor_id) == ("the night run was missed", owner.pk)


def test_run_now_by_two_people_is_one_run(
    client, owner, nightly, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    instead_of(monkeypatch, "x.nightly", sent.append)
    address = reverse("staff_audit:run-now", args=["nightly"])
    with django_capture_on_commit_callbacks(execute=True):
        first = client.post(address, {"reason": "the night run was missed"})
        client.force_login(UserFactory(role=User.Role.OWNER))
        waits = client.post(address, {"reason": "it seems to be missing"})
        run(job="nightly", started_at=clock.now(), heartbeat_at=clock.now())
        runs = client.post(address, {"reason": "it seems to be missing"})

    assert [first.status_code, waits.status_code, runs.status_code] == [302, 422, 422]
    assert "a moment ago" in waits.content.decode()
    assert "running already" in runs.content.decode()
    assert sent == [{}]


def test_the_job_log_opens_with_its_alarm(client, owner, nightly):
    page = client.get(reverse("staff_audit:job-runs"))

    assert page.status_code == HTTPStatus.OK
    assert b"Run now" in page.content


def test_every_job_of_the_timetable_has_a_name_in_words():
    jobs = {row.job for row in TIMETABLE}

    assert jobs == set(job_titles.TITLES)
    assert {kind for kind, _title in job_titles.TITLES.values()} == set(job_titles.KINDS)


def test_the_timetable_marks_the_worst_run_of_each_day(client, owner):
    now = clock.now()
    finished_run("run_billing", now - timedelta(days=1), 10)
    finished_run("run_billing", now - timedelta(days=1), 10, status="FAILED", error="OSError")
    finished_run("run_billing", now, 0, status="PARTIAL", failed=3)
    finished_run("run_billing", now - timedelta(days=40), 10, status="FAILED")

    context = client.get(reverse("staff_audit:job-runs")).context
    row = next(
        row for group in context["groups"] for row in group["rows"] if row["job"] == "run_billing"
    )

    assert [mark for _day, mark in row["days"].days][-3:] == ["none", "failed", "partly"]
    assert row["days"].counts == {"none": 28, "good": 0, "partly": 1, "failed": 1}
    assert [one["title"] for one in context["exceptions"] if one["text"] == "3 failed"] == [
        "Bill the coming period"
    ]


def test_the_log_of_one_job_holds_its_runs_alone(client, owner):
    finished_run("run_billing", clock.now(), 1)
    finished_run("check_ledger", clock.now(), 1)

    page = client.get(reverse("staff_audit:job-runs"), {"job": "run_billing"}).content.decode()

    assert "<h1>Bill the coming period</h1>" in page.replace("\n", "")
    assert "Prove the books" not in page


def finished_run(job, at, seconds, **values):
    return JobRun.objects.create(
        job=job,
        started_at=at,
        heartbeat_at=at,
        finished_at=at + timedelta(seconds=seconds),
        **{"status": "COMPLETED", **values},
    )


def test_the_timetable_shows_how_long_a_job_usually_takes(client, db):
    client.force_login(UserFactory())
    now = clock.now()
    for days, seconds in ((3, 10), (2, 30), (1, 20)):
        finished_run("run_billing", now - timedelta(days=days), seconds)

    table = client.get(reverse("staff_audit:job-runs")).context["timetable"]
    row = next(row for row in table if row.scheduled.job == "run_billing")

    assert (row.seconds, row.usual) == ([10.0, 30.0, 20.0], timedelta(seconds=20))


def test_a_failed_run_can_be_tried_again_by_whom_it_is_allowed(client, db):
    run = finished_run("check_ledger", clock.now(), 1, status="FAILED", error="OSError: disk")
    other = finished_run("made_up", clock.now(), 1, status="FAILED")
    retry = reverse("staff_audit:run-now", args=["check_ledger"])

    def offered(role, which):
        client.force_login(UserFactory(role=role))
        return retry in client.get(reverse("staff_audit:job-run", args=[which.pk])).content.decode()

    assert [offered("OWNER", run), offered("AUDITOR", run), offered("OWNER", other)] == [
        True,
        False,
        False,
    ]


def test_jobs_that_did_not_run_on_time_are_an_alarm_on_the_dashboard(client, db):
    client.force_login(UserFactory())
    run(job="another", started_at=clock.now() - timedelta(days=2))

    work = client.get(reverse("staff:tile", args=["work"])).context["items"]
    before = next(item["count"] for item in work if item["label"] == "Jobs not run on time")
    for row in TIMETABLE:
        finished_run(row.job, clock.now(), 0)
    work = client.get(reverse("staff:tile", args=["work"])).context["items"]
    after = next(item["count"] for item in work if item["label"] == "Jobs not run on time")

    # Jobs worth doing until an hour only were over before this installation's first slot.
    assert (before, after) == (sum(row.until is None for row in TIMETABLE), 0)


def acts():
    """Every act that product code writes down, where its name stands as one text."""
    named = re.compile(
        r'(?:action=|note\(|record\(|_note\(\w+, |said\(\w+, )\s*"([a-z_]+\.[a-z_]+)"'
    )
    found = set()
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        place = path.relative_to(settings.BASE_DIR)
        if place.parts[0] in (".local", "tests") or place.parts[:2] == ("ispbill", "devtools"):
            continue
        found |= set(named.findall(path.read_text()))
    return found


def test_every_act_is_told_in_words():
    found = acts()

    assert len(found) > 80
    assert sorted(act for act in found if not act_words.is_known(act)) == []


def test_the_log_speaks_in_sentences(client, owner):
    event(
        action="router.changed",
        target_type="router",
        target_label="Mirpur core",
        reason="New address after the move",
        before={"host": "10.0.0.1"},
        after={"host": "10.0.0.2"},
    )
    event(action="payment.reversed", target_type="payment", target_label="RCP-2026-00001")

    page = client.get("/admin/audit/").content.decode()

    assert "Router changed: <strong>Mirpur core</strong>" in page
    assert "Payment <strong>RCP-2026-00001</strong> reversed" in page
    assert "New address after the move" in page
    assert "Host: 10.0.0.1 → 10.0.0.2" in page


def test_topics_narrow_the_log_and_keep_what_is_searched(client, owner):
    router = event(action="router.changed", target_label="Mirpur core")
    event(action="payment.reversed")

    page = client.get("/admin/audit/", {"topic": "network", "q": "mirpur"})

    assert shown(page) == [router.pk]
    assert "?q=mirpur&amp;topic=money" in page.content.decode()
