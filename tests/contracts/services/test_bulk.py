"""Contracts for many: once each, with a file of who was left out; sent one at a time."""

from datetime import UTC, date, datetime

import pytest
from psycopg.types.range import DateRange

from contracts.models import Contract
from contracts.services import bulk, history, running
from customers.models import Customer, Suspension
from customers.services import bulk_runs
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.factories import contracts as make
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
TENTH = make.TENTH


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


def run(customers, *, sends=True, made=None):
    made = made or make.agreement()
    order = bulk_runs.start(
        what=bulk.WHAT,
        values={"agreement": made.pk, "starts_on": "2026-01-10", "sends": sends},
        customers=[one.pk for one in customers],
        act=Act(UserFactory(), TENTH),
    )
    bulk_runs.make(run_id=order.pk, at=TENTH)
    return JobRun.objects.get(pk=order.pk)


def test_everybody_gets_one_and_a_second_run_changes_nothing():
    made = make.agreement()
    people = [SubscriptionFactory().customer for _ in range(3)]
    company = SubscriptionFactory(customer=CustomerFactory(kind=Customer.Kind.BUSINESS)).customer
    nobody = CustomerFactory()

    first = run([*people, company, nobody], made=made)
    assert (first.processed, first.skipped, first.failed) == (3, 2, 0)
    assert bulk.send_wanted(at=TENTH) == 3
    assert bulk.send_wanted(at=TENTH) == 0
    assert set(Contract.objects.values_list("state", flat=True)) == {"SENT"}
    assert Message.objects.filter(event="contract_to_sign", channel="SMS").count() == 3

    again = run(people, made=made)
    assert (again.processed, again.skipped) == (0, 3)
    assert Contract.objects.count() == 3


def test_who_lacks_a_fact_is_named_and_gets_no_draft():
    good, bad = SubscriptionFactory().customer, SubscriptionFactory().customer
    Customer.objects.filter(pk=bad.pk).update(address="")

    done = run([good, bad], sends=False)

    assert (done.processed, done.failed) == (1, 1)
    assert "customer.address" in bulk_runs.result_path(done).read_text("utf-8-sig")
    assert Contract.objects.get().customer == good
    assert Contract.objects.get().send_wanted_at is None


def test_a_draft_that_cannot_be_sent_any_more_stays_a_draft_and_says_why():
    person = SubscriptionFactory().customer
    run([person])
    Customer.objects.filter(pk=person.pk).update(address="")

    assert bulk.send_wanted(at=TENTH) == 0

    contract = Contract.objects.get()
    assert (contract.state, contract.send_wanted_at) == ("DRAFT", None)
    assert "customer.address" in contract.events.get(kind="not_sent").facts["reason"]


def test_a_draft_that_breaks_holds_up_no_other_and_is_tried_again(settings, tmp_path, caplog):
    people = [SubscriptionFactory().customer for _ in range(2)]
    run(people)
    full = settings.MEDIA_ROOT = tmp_path / "full"
    full.write_text("a file where a folder should be")

    assert bulk.send_wanted(at=TENTH) == 0
    assert [one.message for one in caplog.records].count("a contract could not be sent") == 2

    full.unlink()
    assert bulk.send_wanted(at=TENTH) == 2


def test_of_two_senders_the_slower_writes_nothing():
    contract = make.sent()
    steps = contract.events.count()

    history.not_sent(contract, why="somebody was quicker", act=Act(None, TENTH))

    contract.refresh_from_db()
    assert (contract.state, contract.events.count()) == ("SENT", steps)


def test_a_pause_at_the_customers_request_moves_both_days_once():
    contract = make.signed()
    running.begin_due(act=Act(None, TENTH))
    contract.refresh_from_db()
    ends_on, minimum = contract.ends_on, contract.minimum_until
    for kind, since, until in (
        (Suspension.Kind.CUSTOMER_REQUEST, date(2026, 2, 1), date(2026, 2, 11)),
        (Suspension.Kind.NON_PAYMENT, date(2026, 3, 1), date(2026, 3, 31)),
    ):
        Suspension.objects.create(
            subscription=contract.subscription,
            customer=contract.customer,
            kind=kind,
            span=DateRange(since, until),
            reason="away",
            started_at=TENTH,
            ended_at=TENTH,
        )
    later = Act(None, datetime(2026, 4, 1, tzinfo=UTC))

    assert [running.freeze(act=later), running.freeze(act=later)] == [1, 0]

    contract.refresh_from_db()
    assert ((contract.ends_on - ends_on).days, (contract.minimum_until - minimum).days) == (10, 10)
