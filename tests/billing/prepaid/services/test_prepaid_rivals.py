"""Prepaid renewals at the same moment, and jobs that die in the middle: one period, one bill."""

import os
import threading
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.prepaid.services import prepaid_run, renewal
from customers.models import AccountState, Subscription
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.database import owner_connection
from tests.factories.payments import paid, prepaid
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRY = date(2026, 1, 10)
TENTH = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
BEFORE = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)


def rivals(count, work):
    start = threading.Barrier(count)
    results, errors = [], []

    def run(number):
        try:
            start.wait(timeout=20)
            results.append(work(number))
        except DomainError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results, errors


def test_eight_who_renew_one_service_with_credit_for_one_period():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "1150.00", at=BEFORE)

    results, errors = rivals(
        8, lambda _number: renewal.renew(subscription=service, act=Act(None, TENTH))
    )

    assert (len(results), len(errors)) == (1, 7)
    assert InvoiceLine.objects.count() == 1
    assert AccountState.objects.get().balance_amount == 0
    assert at_once.broken() == []


def test_jobs_payments_and_people_at_once_renew_one_period():
    services = [prepaid(until=EXPIRY) for _number in range(4)]
    for service in services:
        paid(service.customer, "1000.00", at=BEFORE)

    def work(number):
        if number < 4:
            return paid(services[number].customer, "150.00", at=TENTH)
        return prepaid_run.run(act=Act(None, TENTH))

    rivals(8, work)
    prepaid_run.run(act=Act(None, TENTH))

    assert Invoice.objects.count() == 4
    assert set(Subscription.objects.values_list("status", flat=True)) == {"ACTIVE"}
    assert set(AccountState.objects.values_list("balance_amount", flat=True)) == {Decimal(0)}
    assert at_once.broken() == []


@pytest.mark.parametrize("point", ["after_bills", "before_commit"])
def test_a_job_killed_in_the_middle_is_done_by_the_next(point):
    for number in range(6):
        service = prepaid(until=EXPIRY)
        if number % 2:
            paid(service.customer, "1150.00", at=BEFORE)
    connection.close()

    child = os.fork()
    if child == 0:  # pragma: no cover - dies
        os.environ["ISPBILL_FAULT"] = f"payments.prepaid.{point}:2"
        try:
            prepaid_run.run(act=Act(None, TENTH), chunk=2)
        finally:
            os._exit(1)
    _pid, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 137
    assert Invoice.objects.count() == 1  # the first chunk stands, of the second nothing

    prepaid_run.run(act=Act(None, TENTH), chunk=2)

    assert Counter(Subscription.objects.values_list("status", flat=True)) == {
        "ACTIVE": 3,
        "SUSPENDED": 3,
    }
    assert Invoice.objects.count() == 3
    assert at_once.broken() == []


@pytest.mark.without_guards
def test_the_database_refuses_a_second_bill_for_a_period():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "2300.00", at=BEFORE)
    renewal.renew(subscription=service, act=Act(None, TENTH))
    with owner_connection(autocommit=True) as owner:  # the schedule goes back behind our backs
        owner.execute("ALTER TABLE billing_schedule DISABLE TRIGGER USER")
        try:
            owner.execute("UPDATE billing_schedule SET billed_until = '2026-01-10'")
        finally:
            owner.execute("ALTER TABLE billing_schedule ENABLE TRIGGER USER")

    with pytest.raises(IntegrityError, match="invoice_line_days_billed_once"):
        renewal.renew(subscription=service, act=Act(None, TENTH))

    assert Schedule.objects.get().billed_until == EXPIRY
    assert InvoiceLine.objects.count() == 1
