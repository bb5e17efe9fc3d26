"""A confirmed run is ordered once."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from billing import tasks
from billing.invoices.models import Invoice
from billing.run.models import BillingRun
from billing.run.services import run_requests
from billing.run.services.cycle import RunUnderWay
from billing.run.services.run_requests import Wanted
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import SubscriptionFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = Wanted(on=date(2026, 1, 29))


@pytest.fixture
def rung(monkeypatch):
    """What the doorbell of the worker was told."""
    calls = []
    instead_of(monkeypatch, "billing.run_billing", lambda kwargs: calls.append(kwargs))
    return calls


def order(key, at, actor=None):
    return run_requests.request(key=key, wanted=WANTED, act=Act(actor or UserFactory(), at))


def test_the_same_confirmation_twice_orders_one_run(at, rung):
    owner = UserFactory()

    assert (order("k1", at, owner), order("k1", at, owner)) == (True, False)
    assert rung == [
        {
            "on": "2026-01-29",
            "bill_day": None,
            "branch_id": None,
            "customers": None,
            "actor_id": owner.pk,
            "request": "k1",
        }
    ]


def test_nothing_is_ordered_when_the_transaction_fails(at, rung):
    with transaction.atomic():
        order("k1", at)
        transaction.set_rollback(True)

    assert rung == []
    assert run_requests.find("k1") is None


def test_the_job_log_names_the_order_it_came_from(at, rung):
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=date(2026, 2, 5))
    order("k1", at)

    tasks.run_billing(**rung[0])

    assert JobRun.objects.get(job="run_billing").detail["request"] == "k1"
    assert BillingRun.objects.get().started_by_id == rung[0]["actor_id"]
    assert Invoice.objects.count() == 1


def test_no_run_is_ordered_while_another_is_at_work(at, rung):
    job = JobRun.objects.create(job="run_billing", started_at=at, heartbeat_at=at)
    BillingRun.objects.create(
        business_date=WANTED.on, horizon=WANTED.on, started_at=at, job_run=job
    )

    with pytest.raises(RunUnderWay):
        order("k1", at + timedelta(minutes=4))
    assert order("k2", at + timedelta(minutes=6)) is True  # silent for so long: it was cut off
