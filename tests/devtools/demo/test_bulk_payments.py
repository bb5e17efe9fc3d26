"""Payments settled in bulk leave the same books as the one door every payment comes through."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import account_state, credit
from billing.invoices.models import Invoice
from billing.ledger.models import Posting
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import AccountState, Customer
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.demo import bulk_payments, quiet
from payments.desk.services import reversing

pytestmark = pytest.mark.django_db(transaction=True)

MISTAKE = "entered twice by mistake, was paid only once"
START = datetime.fromisoformat("2026-01-20T05:00:00+00:00")
# (phone, minutes after START, amount, method, reference, reversed)
PAYMENTS = [
    ("+8801711000003", 0, "500.00", "CASH", "", False),  # a part of what Chitra owes
    ("+8801711000003", 9, "2000.00", "BKASH", "9AXY12", False),  # the rest, and credit
    ("+8801711000001", 20, "1150.00", "NAGAD", "N7", False),
    ("+8801711000002", 21, "1300.00", "EFT", "TT001", False),  # too much
    ("+8801711000002", 40, "1300.00", "EFT", "TT001", True),
    ("+8801711000006", 60, "50.25", "CASH", "", False),
]


def one_by_one(cashier):
    for place, (phone, minutes, amount, method, reference, undone) in enumerate(PAYMENTS):
        at = START + timedelta(minutes=minutes)
        settled = settlement.settle(
            Asked(
                customer_id=Customer.objects.get(phone=phone).pk,
                amount=Decimal(amount),
                method=method,
                received_by=cashier,
                received_at=at,
                key=f"k{place}",
                reference=reference,
                is_repeat_confirmed=True,
                act=Act(cashier, at),
            )
        )
        if undone:
            reversing.reverse(
                payment=settled.payment,
                act=Act(cashier, at + timedelta(minutes=25), reason=MISTAKE),
            )


def at_once(cashier):
    bulk_payments.prepare()
    with connection.cursor() as cursor:
        for place, (phone, minutes, amount, method, reference, undone) in enumerate(PAYMENTS):
            cursor.execute(
                "INSERT INTO demo_intent (customer_id, received_at, amount, method, reference,"
                " received_by_id, received_by_name, key, mistake)"
                " SELECT id, %s, %s, %s, %s, %s, %s, %s, %s FROM customers_customer"
                " WHERE phone = %s",
                [
                    START + timedelta(minutes=minutes),
                    amount,
                    method,
                    reference,
                    cashier.pk,
                    cashier.name,
                    f"k{place}",
                    MISTAKE if undone else "",
                    phone,
                ],
            )
    settled = bulk_payments.settle(until=START + timedelta(days=1))
    assert settled.payments == len(PAYMENTS)
    account_state.recompute(list(Customer.objects.values_list("pk", flat=True)))


def books():
    return {
        "payments": list(
            Payment.objects.filter(received_at__gte=START)
            .order_by("receipt_number")
            .values_list(
                "receipt_number",
                "customer__phone",
                "amount",
                "allocated_amount",
                "currency",
                "method",
                "status",
                "reference",
                "received_by__login",
                "received_at",
                "posted_on",
                "idempotency_key",
                "note",
                "reversed_at",
                "reversed_by__login",
                "reversal_reason",
            )
        ),
        "allocations": list(
            Allocation.objects.filter(payment__received_at__gte=START, released_at__isnull=True)
            .order_by("payment__receipt_number", "invoice__number")
            .values_list("payment__receipt_number", "invoice__number", "amount", "at")
        ),
        "postings": list(
            Posting.objects.filter(entry__source_type="payment", entry__at__gte=START)
            .order_by("entry__at", "entry__kind", "line_no")
            .values_list(
                "entry__kind",
                "entry__posted_on",
                "entry__at",
                "entry__memo",
                "entry__branch__code",
                "entry__customer__phone",
                "entry__reverses__kind",
                "line_no",
                "account_id",
                "customer__phone",
                "amount",
            )
        ),
        "invoices": list(
            Invoice.objects.order_by("number").values_list("number", "paid_amount", "amount_due")
        ),
        "account_states": list(
            AccountState.objects.order_by("customer__number").values_list(
                "customer__number",
                "balance_amount",
                "oldest_due_date",
                "last_paid_at",
                "last_paid_amount",
                "lifetime_value_amount",
            )
        ),
        "trail": list(
            AuditEvent.objects.filter(action__startswith="payment.", at__gte=START)
            .order_by("at", "action")
            .values_list("at", "actor_name", "action", "target_label", "reason")
        ),
    }


def fresh(paying):
    """Make the fixture, bill the coming period, let people pay one way or the other."""
    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO(), stderr=StringIO())
    clock.set_simulated(START)
    with quiet.history():
        cycle.run(on=date(2026, 1, 20), act=Act(None, START))
        credit.allocate_credit(act=Act(None, START))
        paying(User.objects.get(login="cashier@demo.test"))
    return books()


def test_bulk_and_single_settlement_leave_the_same_books(demo):
    single, bulk = fresh(one_by_one), fresh(at_once)
    assert len(single["payments"]) == len(PAYMENTS)
    for part, rows in single.items():
        assert bulk[part] == rows, part


def test_credit_is_spent_on_new_bills_as_the_service_spends_it(demo):
    def billed_afterwards(spend):
        def paying(cashier):
            at_once(cashier)
            later = START + timedelta(days=10)
            cycle.run(on=date(2026, 1, 30), act=Act(None, later))
            spend(later)

        return fresh(paying)["allocations"]

    service = billed_afterwards(lambda at: credit.allocate_credit(act=Act(None, at)))
    bulk = billed_afterwards(lambda at: bulk_payments.spend_credit())
    assert bulk == service
    assert len(service) > 4
