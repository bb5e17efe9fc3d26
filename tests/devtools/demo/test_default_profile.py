"""The demo company: the same for the same seed, and true to every promise of the books."""

import hashlib
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing.allocation.models import Payment, Refund
from billing.approvals.models import Approval
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.ledger.models import JournalEntry
from billing.receivables.models import DepositMove
from customers.models import Customer, Lead, Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.devtools.demo.logins import LOGINS
from ispbill.reports.queries import proofs
from network.models import Access
from payments.online.models import PaymentAttempt

pytestmark = pytest.mark.django_db(transaction=True)

# Business columns only: no keys, no secrets, no moments of the real clock.
FIGURES = [
    "SELECT number, name, local_name, phone, status, churn_risk FROM customers_customer ORDER BY 1",
    "SELECT number, issued_on, due_date, total_amount, amount_due FROM billing_invoice ORDER BY 1",
    "SELECT receipt_number, amount, method, status, received_at FROM billing_payment ORDER BY 1",
    "SELECT account_id, customer_id, amount FROM billing_posting ORDER BY entry_id, line_no",
    "SELECT s.connection_id, p.span, p.kind FROM customers_suspension p"
    " JOIN customers_subscription s ON s.id = p.subscription_id ORDER BY 1, 2",
    "SELECT c.number, t.balance_amount, t.nps, t.satisfaction, t.usage_cycle_gb, t.top_ott_app"
    " FROM customers_accountstate t JOIN customers_customer c ON c.id = t.customer_id ORDER BY 1",
    "SELECT name, phone, stage FROM customers_lead ORDER BY phone",
]

MOST_STATEMENTS = 24_000  # tickets, opinions, contracts, imports, wallets, stock go by services


@pytest.fixture
def seeded(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path

    def make(**options):
        out = StringIO()
        call_command(
            "seed_demo",
            **{"customers": 60, "leads": 12, "seed": 7, "reset": True, **options},
            stdout=out,
            stderr=StringIO(),
        )
        return out.getvalue()

    return make


def figures():
    """What a company comes to, for each question apart: which one differs says what does."""
    found = {}
    with connection.cursor() as cursor:
        for query in FIGURES:
            cursor.execute(query)
            found[query] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def counted(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_a_year_is_whole_billed_day_by_day_and_has_corrections_to_show(seeded):
    seeded()  # once for all of it: a company takes half a minute

    holds_everything_the_demo_is_to_show()
    every_active_day_of_every_service_is_billed_exactly_once()
    corrections_have_something_to_show()


def test_five_months_are_the_same_for_the_same_seed_and_a_second_call_changes_nothing(seeded):
    seeded(months=5)
    first = figures()
    kept = JournalEntry.objects.count(), User.objects.count()

    lines_are_wanted_as_their_services_stand_and_wait_for_the_worker()
    every_printed_login_exists_in_the_larger_company_too()
    the_trail_tells_of_each_suspension_and_each_return()

    assert "nothing was changed" in seeded(months=5, reset=False)
    assert (JournalEntry.objects.count(), User.objects.count()) == kept
    assert figures() == first
    seeded(months=5)
    assert figures() == first
    seeded(seed=8, months=5)
    assert figures() != first


def holds_everything_the_demo_is_to_show():
    assert proofs.check_all() == []
    assert Customer.objects.count() == 60
    assert set(Customer.objects.values_list("status", flat=True)) == {
        "ACTIVE",
        "SUSPENDED",
        "CANCELLED",
        "PENDING",
    }
    assert set(Lead.objects.values_list("stage", flat=True)) == set(Lead.Stage.values)
    assert set(Payment.objects.filter(status="COMPLETED").values_list("method", flat=True)) == {
        "CASH",
        "BKASH",
        "NAGAD",
        "CARD",
        "EFT",
        "VOUCHER",
    }
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {
        "SETTLED",
        "HELD",
        "MISMATCH",
        "FAILED",
        "CANCELLED",
    }
    assert Invoice.objects.filter(amount_due__gt=0).exists()
    assert Customer.objects.filter(account_state__balance_amount__lt=0).exists()  # paid too much
    assert Suspension.objects.filter(ended_at__isnull=False).exists()
    assert Suspension.objects.filter(ended_at__isnull=True).exists()
    assert not Invoice.objects.filter(issued_on__gt=clock.today()).exists()
    assert not Payment.objects.filter(received_at__gt=clock.now()).exists()
    assert Invoice.objects.order_by("issued_on").first().issued_on < clock.today() - timedelta(330)


def every_active_day_of_every_service_is_billed_exactly_once():
    billed = {}
    for line in InvoiceLine.objects.filter(is_live=True).order_by("subscription_id", "span"):
        billed.setdefault(line.subscription_id, []).append(line.span)
    unbilled = {}
    for pause in Suspension.objects.filter(is_billed=False):
        unbilled.setdefault(pause.subscription_id, []).append(pause.span)
    today, checked = clock.today(), 0
    for service in Subscription.objects.exclude(status="PENDING"):
        end = service.cancelled_on or today + timedelta(days=1)
        day = service.activated_on
        while day < end:
            times = sum(day in span for span in billed[service.pk])
            paused = any(day in span for span in unbilled.get(service.pk, []))
            assert times == 1 or (times == 0 and paused), (service.connection_id, day)
            day, checked = day + timedelta(days=1), checked + 1
    assert checked > 60 * 100


def lines_are_wanted_as_their_services_stand_and_wait_for_the_worker():
    wanted = {"ACTIVE": "OPEN", "SUSPENDED": "WALLED", "PENDING": "WALLED", "CANCELLED": "REMOVED"}
    for line in Access.objects.select_related("subscription", "router"):
        assert line.desired_state == wanted[line.subscription.status]
        assert line.is_settled == (line.desired_state == "REMOVED")
    assert Access.objects.count() == Subscription.objects.count()


def every_printed_login_exists_in_the_larger_company_too():
    logins = set(User.objects.values_list("login", flat=True))
    assert {login if "@" in login else f"+88{login}" for _l, login, _p, _a in LOGINS} <= logins


def the_trail_tells_of_each_suspension_and_each_return():
    assert counted("SELECT count(*) FROM customers_suspension") == counted(
        "SELECT count(*) FROM audit_auditevent WHERE action = 'subscription.suspended'"
    )
    assert counted(
        "SELECT count(*) FROM customers_suspension p"
        " JOIN customers_subscription s ON s.id = p.subscription_id"
        " WHERE p.ended_at IS NOT NULL AND s.cancelled_on IS DISTINCT FROM upper(p.span)"
    ) == counted("SELECT count(*) FROM audit_auditevent WHERE action = 'subscription.reactivated'")


def test_short_histories_and_few_customers_work(seeded):
    seeded(customers=3, leads=0, months=1)
    assert Customer.objects.count() == 3
    assert proofs.check_all() == []


@pytest.mark.slow
def test_five_hundred_customers_with_a_year_are_written_in_sets(seeded):
    counted = Counter()

    def count(execute, sql, params, many, context):
        counted["statements"] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        seeded(customers=500, leads=100)
    assert counted["statements"] < MOST_STATEMENTS
    assert Invoice.objects.count() > 3500
    assert proofs.check_all() == []


def corrections_have_something_to_show():
    assert CreditNote.objects.filter(kind="CREDIT").count() == 2
    assert CreditNote.objects.filter(kind="WRITE_OFF").count() == 1
    assert Approval.objects.filter(status="PENDING").count() == 1
    assert DepositMove.objects.count() == 2
    assert Refund.objects.count() == 1
