"""Closing a month: only when everything is done, and nobody slips in meanwhile."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection, transaction

from billing.books.queries import closing as reading
from billing.books.services import closing
from billing.ledger.models import JournalEntry
from billing.ledger.services import ledger, ledger_seals
from billing.run.models import BillingRun
from billing.run.services import cycle
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)
ON = date(2026, 2, 3)
JANUARY = date(2026, 1, 31)
WHY = "the bank sent one more page"


@pytest.fixture
def owner():
    return UserFactory(role="OWNER")


@pytest.fixture
def january(owner):
    """A January with one bill, sealed and proven."""
    invoice = open_invoice(CustomerFactory())
    ledger_seals.seal(on=ON, at=AT)
    proven()
    return invoice


def proven(**values):
    at = AT - timedelta(hours=2)
    given = {"status": "COMPLETED", "finished_at": at, **values}
    return JobRun.objects.create(job="check_ledger", started_at=at, heartbeat_at=at, **given)


def close(owner, through=JANUARY, **values):
    return closing.close(
        through=through, note="", **acting(actor=owner, **{"on": ON, "at": AT, **values})
    )


def missing(owner, **values):
    with pytest.raises(closing.NotReady) as refused:
        close(owner, **values)
    return refused.value.keys


def test_a_closed_month_keeps_what_it_came_to(january, owner):
    [closed] = close(owner)

    assert (closed.first_day, closed.last_day, closed.entry_count) == (date(2026, 1, 1), JANUARY, 1)
    assert closed.turnover_amount == Decimal("1150.00")
    assert (closed.figures["1100"], closed.figures["4000"]) == ("1150.00", "-1150.00")
    assert reading.closed_through() == JANUARY
    assert AuditEvent.objects.get(action="books.closed").actor_id == owner.pk
    assert at_once.broken() == []


def test_several_months_are_closed_at_once_one_by_one(january, owner):
    made = close(owner, through=date(2026, 3, 31), on=date(2026, 4, 2), at=AT)

    assert [str(one) for one in made] == ["2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize("through", [date(2026, 1, 30), date(2025, 12, 31)])
def test_only_the_end_of_an_open_month_can_be_closed(january, owner, through):
    with pytest.raises(closing.NothingToClose):
        close(owner, through=through)


def test_a_month_that_is_not_over_is_not_closed(january, owner):
    assert missing(owner, on=JANUARY) == ["over"]


def test_an_unfinished_run_forbids_the_closing(january, owner):
    BillingRun.objects.create(business_date=date(2026, 1, 29), horizon=ON, started_at=AT)

    assert missing(owner) == ["runs"]


def test_entries_that_are_not_sealed_forbid_the_closing(january, owner):
    open_invoice(CustomerFactory())

    assert missing(owner) == ["sealed"]


@pytest.mark.parametrize("values", [{"failed": 1, "status": "PARTIAL"}, {"status": "FAILED"}])
def test_a_failed_proof_forbids_the_closing(january, owner, values):
    JobRun.objects.all().delete()
    proven(**values)

    assert missing(owner) == ["proven"]


def test_an_old_proof_is_none(january, owner):
    assert missing(owner, at=AT + timedelta(days=3)) == ["proven"]


def test_only_the_owner_reopens_and_only_the_latest_month(january, owner):
    [closed] = close(owner)

    with pytest.raises(closing.NotReopenable):
        closing.reopen(closed=closed, act=Act(UserFactory(role="BILLING"), AT, reason=WHY))
    closing.reopen(closed=closed, act=Act(owner, AT, reason=WHY))

    assert reading.closed_through() is None
    assert AuditEvent.objects.get(action="books.reopened").reason == WHY
    with pytest.raises(closing.NotReopenable):
        closing.reopen(closed=closed, act=Act(owner, AT, reason=WHY))


def test_a_run_for_a_closed_day_is_booked_on_the_first_open_one(january, owner):
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=date(2026, 2, 5))
    close(owner)

    outcome = cycle.run(on=date(2026, 1, 30), act=Act(None, AT))

    entry = JournalEntry.objects.get(kind="INVOICE", customer=subscription.customer)
    assert outcome.written.invoices == 1
    assert entry.posted_on == date(2026, 2, 1)
    assert at_once.broken() == []


@pytest.mark.without_guards
def test_a_changed_closed_month_is_found_by_the_proofs(january, owner):
    close(owner)

    with owner_connection() as strong:
        strong.execute("SET session_replication_role = replica")
        strong.execute("UPDATE billing_periodclose SET turnover_amount = turnover_amount + 1")

    assert [one.check for one in proofs.check_all()] == ["closed_months_are_unchanged"]


def test_eight_posters_and_a_closing_at_once_leave_no_entry_in_the_closed_month(january, owner):
    """Real threads: each entry is either in what was closed, or on the first open day."""
    stop, errors, why = threading.Event(), [], set()
    customer = CustomerFactory()
    branch = customer.branch_id
    numbers = count(1)
    lock = threading.Lock()

    def post():
        try:
            while not stop.wait(random.uniform(0.0, 0.3)):
                with lock:
                    number = next(numbers)
                with transaction.atomic():
                    ledger.post(
                        ledger.Fact(
                            kind="TEST",
                            source_type="test",
                            source_id=number,
                            posted_on=JANUARY,
                            branch_id=branch,
                            customer_id=None,
                            lines=[ledger.Line(1000, Decimal(1)), ledger.Line(4900, Decimal(-1))],
                        ),
                        act=Act(None, AT),
                    )
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    posters = [threading.Thread(target=post) for _number in range(8)]
    for poster in posters:
        poster.start()
    try:
        for _attempt in range(200):
            ledger_seals.seal(on=ON, at=AT)
            try:
                [closed] = close(owner)
                break
            except closing.NotReady as refused:
                why.add(tuple(refused.keys))  # somebody posted in between: again
        else:
            pytest.fail("the closing never found a quiet moment")
        threading.Event().wait(0.5)
    finally:
        stop.set()
        for poster in posters:
            poster.join(10)

    dated = JournalEntry.objects.filter(posted_on__lte=JANUARY).count()
    later = JournalEntry.objects.filter(posted_on=date(2026, 2, 1)).count()
    assert errors == []
    assert why <= {("sealed",)}
    assert dated == closed.entry_count
    assert later > 0
    assert [one.check for one in proofs.check_all()] == []
