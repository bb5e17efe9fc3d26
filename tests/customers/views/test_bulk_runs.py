"""Changes to more than fifty customers: a job with progress and a file."""

import csv
import io
from datetime import UTC, datetime

import pytest

from customers import tasks
from customers.models import Customer
from customers.services import bulk, bulk_runs
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core.errors import DomainError
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 6, tzinfo=UTC)


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr(bulk_runs, "AT_ONCE", 2)
    instead_of(monkeypatch, "customers.change_customers")
    return [CustomerFactory(name=name) for name in ("Amina", "=Babul", "Chitra")]


def post(client, what, customers, **values):
    data = {"ids": [str(one.pk) for one in customers]} | values
    return client.post(f"/admin/customers/bulk/{what}/", data)


def told(client, run):
    text = client.get(f"/admin/customers/bulk/runs/{run.pk}/file/").getvalue().decode("utf-8-sig")
    return [row[1:] for row in csv.reader(io.StringIO(text))]


def test_many_are_changed_in_the_background_with_a_line_for_each(client, owner, many):
    Customer.objects.filter(pk=many[2].pk).update(tags=["vip"])

    started = post(client, "tag", many, word="VIP")
    run = JobRun.objects.get(job=bulk_runs.JOB)
    page = f"/admin/customers/bulk/runs/{run.pk}/"
    assert started.headers["Location"] == page
    assert "0 of 3" in client.get(page).content.decode()
    assert AuditEvent.objects.filter(action="customer.tagged").count() == 0

    tasks.change_customers(run_id=run.pk)
    tasks.change_customers(run_id=run.pk)  # delivered twice

    run.refresh_from_db()
    assert (run.status, run.processed, run.skipped, run.failed) == ("COMPLETED", 2, 1, 0)
    assert Customer.objects.filter(tags=["vip"]).count() == 3
    assert "All done" in client.get(page).content.decode()
    assert told(client, run) == [
        ["Name", "Result", "Why"],
        ["Amina", "changed", ""],
        ["'=Babul", "changed", ""],
        ["Chitra", "left as it was", ""],
    ]


def test_a_few_are_changed_at_once(client, owner, many):
    post(client, "tag", many[:2], word="vip")

    assert Customer.objects.filter(tags=["vip"]).count() == 2
    assert not JobRun.objects.exists()


def test_one_that_is_refused_spoils_no_other(client, owner, many, monkeypatch):
    honest = bulk.assign_collector

    def fussy(*, customers, **rest):
        if many[1].pk in customers:
            raise DomainError("Babul collects himself.")
        return honest(customers=customers, **rest)

    post(client, "collector", many, collector=owner.pk)
    run = JobRun.objects.get()
    monkeypatch.setattr(bulk, "assign_collector", fussy)

    bulk_runs.make(run_id=run.pk, at=AT)

    run.refresh_from_db()
    assert (run.status, run.processed, run.failed) == ("PARTIAL", 2, 1)
    assert set(Customer.objects.filter(collector=owner)) == {many[0], many[2]}
    assert told(client, run)[2] == ["'=Babul", "failed", "Babul collects himself."]


def test_a_run_that_broke_off_goes_on_where_it_stopped(client, owner, many, monkeypatch):
    monkeypatch.setattr(bulk_runs, "CHUNK", 1)
    area = AreaFactory()
    post(client, "area", many, area=area.pk)
    run = JobRun.objects.get()
    JobRun.objects.filter(pk=run.pk).update(processed=1)  # Amina was done, then the power went

    bulk_runs.make(run_id=run.pk, at=AT)

    run.refresh_from_db()
    assert (run.status, run.processed) == ("COMPLETED", 3)
    assert set(Customer.objects.filter(area=area)) == set(many[1:])


def test_the_file_is_for_who_made_the_change(client, owner, many, sign_in):
    post(client, "tag", many, word="vip")
    run = JobRun.objects.get()
    bulk_runs.make(run_id=run.pk, at=AT)

    sign_in(User.Role.BILLING)

    for address in ("", "file/"):
        assert client.get(f"/admin/customers/bulk/runs/{run.pk}/{address}").status_code == 404
