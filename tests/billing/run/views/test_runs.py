"""A billing run from its preview to its messages, as staff go through it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from billing import tasks
from billing.invoices.models import Invoice
from billing.run.models import BillingRun
from billing.run.services import cycle
from ispbill.audit.models import JobRun, JobRunProblem
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import SubscriptionFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)
POLL = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def _owner(client):
    client.force_login(UserFactory(name="Mina"))


@pytest.fixture
def rung(monkeypatch):
    calls = []
    instead_of(monkeypatch, "billing.run_billing", lambda kwargs: calls.append(kwargs))
    return calls


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def due(**values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=date(2026, 2, 5))
    return subscription


def confirm(client, key):
    return client.post(address("confirm-run"), {"date": "2026-01-29", "key": key})


def test_the_preview_shows_sums_and_each_amount_in_words(client):
    due()

    page = client.get(address("new-run") + "?date=2026-01-29")

    assert page.context["shown"].total == Decimal("1150.00")
    assert "The whole period at its full price" in page.content.decode()
    assert Invoice.objects.count() == 0


def test_a_day_that_is_none_is_refused(client):
    assert client.get(address("new-run") + "?date=31.02.2026").status_code == 422
    assert client.post(address("confirm-run"), {"date": "2026-01-29"}).status_code == 422


def test_confirmed_twice_is_run_once(client, rung):
    due()
    key = uuid4()

    first, second = confirm(client, key), confirm(client, key)

    assert first.url == second.url == address("run-order", str(key))
    assert len(rung) == 1


def test_the_waiting_page_finds_the_run_of_its_order(client, rung):
    due()
    waiting = confirm(client, uuid4()).url
    target = {**POLL, "HX-Target": "order"}
    early = client.get(waiting, headers=target)

    tasks.run_billing(**rung[0])

    run = BillingRun.objects.get()
    assert (early.status_code, b"waits for a worker" in early.content) == (200, True)
    assert client.get(waiting).url == address("run", run.pk)
    assert client.get(waiting, headers=target).headers["HX-Redirect"] == address("run", run.pk)


def test_the_waiting_page_stops_asking_when_nothing_was_due(client, rung):
    waiting = confirm(client, uuid4()).url
    tasks.run_billing(**rung[0])

    answer = client.get(waiting, headers={**POLL, "HX-Target": "order"})

    assert (answer.status_code, b"Nothing was due" in answer.content) == (286, True)


def test_an_order_nobody_gave_is_not_found(client):
    assert client.get(address("run-order", "x")).status_code == 404


def test_a_finished_run_shows_its_sums_and_stops_asking(client, at):
    due()
    run = cycle.run(on=date(2026, 1, 29), act=Act(None, at)).run

    page = client.get(address("run", run.pk))
    poll = client.get(address("run", run.pk), headers={**POLL, "HX-Target": "run-progress"})

    assert page.context["run"].total_amount == Decimal("1150.00")
    assert (poll.status_code, poll.headers["HX-Refresh"]) == (286, "true")


def test_a_working_run_is_asked_again(client):
    job = JobRun.objects.create(job="run_billing", started_at=NOW, heartbeat_at=NOW)
    run = BillingRun.objects.create(
        business_date=NOW.date(), horizon=NOW.date(), started_at=NOW, job_run=job
    )

    poll = client.get(address("run", run.pk), headers={**POLL, "HX-Target": "run-progress"})

    assert (poll.status_code, b'hx-trigger="every 2s"' in poll.content) == (200, True)


def test_while_a_run_is_at_work_no_other_is_confirmed(client, rung):
    job = JobRun.objects.create(job="run_billing", started_at=NOW, heartbeat_at=NOW)
    run = BillingRun.objects.create(
        business_date=NOW.date(), horizon=NOW.date(), started_at=NOW, job_run=job
    )

    assert confirm(client, uuid4()).url == address("run", run.pk)
    assert rung == []


def test_a_failed_customer_is_shown_and_the_same_scope_tried_again(client, rung, at):
    subscription = due()
    job = JobRun.objects.create(
        job="run_billing", started_at=at, heartbeat_at=at, finished_at=at, status="PARTIAL"
    )
    run = BillingRun.objects.create(
        business_date=date(2026, 1, 29),
        horizon=date(2026, 2, 5),
        started_at=at,
        finished_at=at,
        status="PARTIAL",
        failed_count=1,
        job_run=job,
        bill_day=5,
    )
    JobRunProblem.objects.create(
        run=job,
        item_type="customer",
        item_id=subscription.customer_id,
        item_label="x",
        message="days are billed already",
    )

    page = client.get(address("run", run.pk))
    client.post(address("retry-run", run.pk), {"key": page.context["retry_key"]})
    tasks.run_billing(**rung[0])

    assert (page.context["still_due"], rung[0]["bill_day"]) == (1, 5)
    assert Invoice.objects.get().customer_id == subscription.customer_id
    assert client.get(address("run", run.pk)).context["still_due"] == 0


def test_messages_are_a_step_of_their_own_and_go_once(client, at, monkeypatch):
    due()
    run = cycle.run(on=date(2026, 1, 29), act=Act(None, at)).run
    instead_of(monkeypatch, "billing.announce_run", lambda kwargs: tasks.announce_run(**kwargs))
    assert Message.objects.count() == 0

    asked = client.get(address("announce-run", run.pk))
    client.post(address("announce-run", run.pk), headers=POLL)
    sent = Message.objects.count()
    client.post(address("announce-run", run.pk), headers=POLL)

    assert b"Invoices still owed: 1" in asked.content
    assert (sent > 0, Message.objects.count()) == (True, sent)


def test_the_list_shows_who_started_a_run_and_asks_no_more_for_three(
    client, at, django_assert_max_num_queries
):
    for day in (27, 28, 29):
        due()
        cycle.run(on=date(2026, 1, day), act=Act(None, at))

    with django_assert_max_num_queries(8):
        page = client.get(address("runs"))

    assert [row.state for row in page.context["rows"]] == ["SUCCEEDED"]
