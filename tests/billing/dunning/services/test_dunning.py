"""Cutting off for non-payment, and opening again."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from billing.dunning.services import dunning
from billing.invoices.models import Invoice, Schedule
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.run.services import cycle
from customers.models import AccountState, Subscription, Suspension
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from tests.factories.acts import acting
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 1, 5)


def moment(day, hour=10):
    return datetime(2026, 1, day, hour - 6, tzinfo=UTC)


@pytest.fixture
def unpaid():
    """A service billed on 29 December for 5 January on; grace is three days."""
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=DUE)
    cycle.run(on=date(2025, 12, 29), act=Act(None, datetime(2025, 12, 29, 4, tzinfo=UTC)))
    return subscription


def suspend(day, **values):
    return dunning.suspend_overdue(
        on=date(2026, 1, day), **acting(keeps_on=True, at=moment(day), **values)
    )


def pay(subscription, amount, day):
    """Book money as the settlement service does, under the same lock."""
    invoice = Invoice.objects.get()
    with transaction.atomic():
        ledger.post(
            ledger.Fact(
                kind="PAYMENT",
                source_type="test",
                source_id=1,
                posted_on=date(2026, 1, day),
                branch_id=invoice.branch_id,
                customer_id=invoice.customer_id,
                lines=[
                    ledger.Line(Chart.CASH, Decimal(amount)),
                    ledger.Line(Chart.RECEIVABLE, -Decimal(amount), invoice.customer_id),
                ],
            ),
            act=Act(None, moment(day)),
        )
        Invoice.objects.filter(pk=invoice.pk).update(paid_amount=Decimal(amount))
        return dunning.reopen_if_clear(
            customer_id=subscription.customer_id, act=Act(None, moment(day))
        )


def test_the_last_day_of_grace_is_still_safe(unpaid):
    assert suspend(8).suspended == 0


def test_the_first_run_after_grace_suspends_with_every_value_it_rested_on(unpaid):
    assert suspend(9).suspended == 1

    unpaid.refresh_from_db()
    suspension = Suspension.objects.get()
    assert (unpaid.status, suspension.kind) == ("SUSPENDED", "NON_PAYMENT")
    assert suspension.decision["facts"]["balance"] == "1150.00"
    assert suspension.decision["grace_until"] == "2026-01-08"
    event = AuditEvent.objects.get(action="subscription.suspended")
    assert (event.reason, event.before, event.after) == (
        "unpaid past the days of grace",
        {"status": "ACTIVE"},
        {"status": "SUSPENDED"},
    )
    assert Message.objects.filter(event="service_suspended").exists()


def test_suspending_again_changes_nothing(unpaid):
    suspend(9)

    assert suspend(10).suspended == 0
    assert Suspension.objects.count() == 1


def test_a_dry_run_names_the_same_customers_and_cuts_nobody(unpaid):
    report = suspend(9, dry_run=True)

    assert [one.number for one in report.customers] == [unpaid.customer.number]
    assert Subscription.objects.get().status == "ACTIVE"


def test_a_promise_holds_until_its_day_is_over(unpaid):
    AccountState.objects.update(promised_until=date(2026, 1, 12))

    assert [suspend(day).suspended for day in (9, 12, 13)] == [0, 0, 1]


def test_a_customer_marked_never_to_be_suspended_is_left(unpaid):
    customer = unpaid.customer
    customer.is_never_suspended = True
    customer.save()

    assert suspend(9).left == {"never_suspended": 1}


def test_outside_the_suspension_hours_nobody_is_cut(unpaid):
    company = Company.current()
    company.suspend_from_hour, company.suspend_until_hour = 10, 16
    company.save()
    Company.forget_cached()

    late = dunning.suspend_overdue(on=date(2026, 1, 9), act=Act(None, moment(9, hour=20)))

    assert (late.suspended, late.left["outside_hours"]) == (0, 1)


def test_less_than_the_minimum_never_suspends(unpaid):
    company = Company.current()
    company.minimum_suspend_amount = Decimal("2000.00")
    company.save()
    Company.forget_cached()

    assert suspend(9).suspended == 0


def test_full_payment_reopens_and_partial_payment_does_not(unpaid):
    suspend(9)

    assert pay(unpaid, "1000.00", 9) == 0
    Invoice.objects.update(paid_amount=0)

    with transaction.atomic():
        Invoice.objects.update(paid_amount=Decimal("1150.00"))
        assert (
            dunning.reopen_if_clear(customer_id=unpaid.customer_id, act=Act(None, moment(10))) == 1
        )
    unpaid.refresh_from_db()
    assert unpaid.status == "ACTIVE"


def test_a_line_cut_for_another_reason_stays_cut(unpaid, at):
    from customers.services import lifecycle

    lifecycle.suspend(
        subscription=unpaid,
        kind="FRAUD",
        is_billed=True,
        decision={},
        act=Act(None, moment(6), reason="abuse report no. 12"),
        on=date(2026, 1, 6),
    )

    assert pay(unpaid, "1150.00", 9) == 0
    unpaid.refresh_from_db()
    assert unpaid.status == "SUSPENDED"


def test_days_cut_off_without_billing_are_never_billed_later(unpaid):
    suspend(9)
    # The next period (from 5 February) is not billed while the line is cut off …
    assert cycle.run(on=date(2026, 2, 1), act=Act(None, moment(9))).written.invoices == 0
    with transaction.atomic():
        Invoice.objects.update(paid_amount=Decimal("1150.00"))
        dunning.reopen_if_clear(
            customer_id=unpaid.customer_id, act=Act(None, datetime(2026, 2, 20, 4, tzinfo=UTC))
        )

    assert Schedule.objects.get().billed_until == date(2026, 2, 20)
    cycle.run(on=date(2026, 2, 20), act=Act(None, datetime(2026, 2, 20, 5, tzinfo=UTC)))

    # … and on return only the 13 days from 20 February to 5 March are, of 28.
    line = Invoice.objects.order_by("pk").last().lines.get()
    assert (line.span.lower, line.span.upper, line.net_amount) == (
        date(2026, 2, 20),
        date(2026, 3, 5),
        Decimal("464.29"),
    )
    broken = {finding.check for finding in proofs.check_all()}
    assert "days_not_skipped" not in broken


def test_paid_beats_suspended_when_both_happen_at_once(unpaid):
    """The suspension run judges again with the account locked: a payment in between wins."""
    import threading

    from django.db import connection

    paid = threading.Event()

    def cashier():
        with transaction.atomic():
            from billing.ledger.services import account_states

            account_states.lock([unpaid.customer_id])
            paid.set()
            threading.Event().wait(0.5)  # the suspension run is waiting for the account now
            Invoice.objects.update(paid_amount=Decimal("1150.00"))
        connection.close()

    thread = threading.Thread(target=cashier)
    thread.start()
    paid.wait(5)
    report = suspend(9)
    thread.join()

    assert report.suspended == 0
    assert Subscription.objects.get().status == "ACTIVE"
    assert CustomerFactory._meta.model.objects.get().status == "ACTIVE"
