"""Killed at any point, run again: the same books as one clean run (faults F-01, F-02, F-10)."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.ledger.models import Posting
from billing.run.models import BillingRun
from billing.run.services import cycle
from billing.run.services.cycle import RunUnderWay
from customers.models import AccountState
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from tests.factories.billing import scheduled
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)
from tests.forked import KILLED, forked
from tests.laws import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ON = date(2026, 1, 29)
AT = datetime(2026, 1, 29, 20, tzinfo=UTC)
SERVICES = 60


@pytest.fixture
def _services():
    area, package = AreaFactory(), PackageFactory()
    for number in range(SERVICES):
        subscription = SubscriptionFactory(
            customer=CustomerFactory(area=area),
            package=package,
            price_amount=Decimal("700.10") + number,
        )
        scheduled(subscription, billed_until=date(2026, 1, 20 if number % 3 else 5))


def books():
    """Everything a billing run leaves behind, without the ids and moments that may differ."""
    return (
        sorted(Invoice.objects.values_list("number", flat=True)),
        sorted(
            InvoiceLine.objects.values_list("subscription_id", "span", "net_amount", "tax_amount")
        ),
        sorted(Posting.objects.values_list("account_id", "customer_id", "amount"), key=str),
        sorted(Schedule.objects.values_list("subscription_id", "billed_until")),
        sorted(
            AccountState.objects.values_list("customer_id", "balance_amount", "oldest_due_date")
        ),
    )


@pytest.mark.parametrize(
    "point",
    [
        "billing.chunk.after_lines:1",
        "billing.chunk.after_postings:2",
        "billing.chunk.before_commit:2",
        "billing.chunk.before_commit:3",
        "billing.chunk.before_commit:5",
    ],
)
@pytest.mark.usefixtures("_services")
def test_a_run_killed_in_the_middle_and_started_again_is_one_clean_run(point):
    run = partial(cycle.run, on=ON, act=Act(None, AT), chunk=20)
    assert forked(run, fault=point) == KILLED
    half = Invoice.objects.count()

    run()

    assert half < Invoice.objects.count()
    numbers, lines, postings, schedules, account_states = books()
    assert numbers == [f"INV-2026-{n:05d}" for n in range(1, len(numbers) + 1)]
    assert at_once.broken() == []
    assert BillingRun.objects.get().status == "COMPLETED"
    assert BillingRun.objects.get().invoice_count == len(numbers)

    clean = _clean_run_on_the_same_services()
    assert (lines, postings, schedules, account_states) == clean[1:]


def _clean_run_on_the_same_services():
    """Take everything billed away (as owner, guards asleep) and bill in one go."""
    from tests.database import owner_connection

    with owner_connection(autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        for table in (
            "billing_posting",
            "billing_journalentry",
            "billing_invoiceline",
            "billing_invoice",
            "billing_billingrun",
            "core_numbersequence",
            "notifications_message",
        ):
            owner.execute(f"DELETE FROM {table}")
        owner.execute(
            "UPDATE customers_accountstate SET balance_amount = 0, oldest_due_date = NULL"
        )
        owner.execute(
            "UPDATE billing_schedule SET billed_until = CASE"
            " WHEN (subscription_id - (SELECT min(subscription_id) FROM billing_schedule)) % 3 = 0"
            " THEN date '2026-01-05' ELSE date '2026-01-20' END"
        )
    cycle.run(on=ON, act=Act(None, AT))
    return books()


@pytest.mark.usefixtures("_services")
def test_two_runs_at_once_are_one():
    outcomes = []

    def bill():
        try:
            outcomes.append(cycle.run(on=ON, act=Act(None, AT), chunk=7).written.invoices)
        except RunUnderWay:
            outcomes.append("under way")
        finally:
            connection.close()

    threads = [threading.Thread(target=bill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = Invoice.objects.count()
    assert sum(count for count in outcomes if count != "under way") == numbers
    assert at_once.broken() == []


@pytest.mark.usefixtures("_services")
def test_two_beats_start_a_schedule_slot_once():
    from billing import tasks

    slot = datetime(2026, 1, 28, 20, tzinfo=UTC).isoformat()
    tasks.run_billing(scheduled_for=slot, on="2026-01-29")
    tasks.run_billing(scheduled_for=slot, on="2026-01-29")

    assert JobRun.objects.filter(job="run_billing").count() == 1


@pytest.mark.usefixtures("_services")
def test_a_server_that_drops_the_connection_mid_run_loses_nothing():
    """The backend is terminated between two chunks; the error surfaces, the next run finishes."""
    from tests.database import app_connection

    chunks = []
    original = cycle.cycle_chunk.write

    def cut(**values):
        chunks.append(1)
        if len(chunks) == 2:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            with app_connection(autocommit=True) as rival:
                rival.execute("SELECT pg_terminate_backend(%s)", [pid])
        return original(**values)

    cycle.cycle_chunk.write = cut
    try:
        with pytest.raises(Exception, match=r"terminat|closed|connection"):
            cycle.run(on=ON, act=Act(None, AT), chunk=20)
    finally:
        cycle.cycle_chunk.write = original
        connection.close()

    cycle.run(on=ON, act=Act(None, AT), chunk=20)

    assert at_once.broken() == []
    assert Schedule.objects.filter(billed_until__lte=date(2026, 2, 5)).count() == 0
