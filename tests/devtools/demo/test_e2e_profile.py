"""The fixture `e2e`, line by line as spec/interfaces.md promises it."""

from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.models import Posting
from customers.models import Area, Customer, Package, PackagePrice, Subscription, Suspension
from ispbill.accounts.models import Branch, User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock, crypto
from ispbill.core.models import Company
from ispbill.devtools.demo.logins import LOGINS
from ispbill.devtools.sandbox import config
from ispbill.notifications.models import Message
from network.models import Access, Router
from network.services.lines import password_of
from resellers.models import Reseller

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_fixture_is_the_promised_one_line_by_line(demo):
    company = Company.objects.get()
    now = clock.now().astimezone(ZoneInfo("Asia/Dhaka"))
    assert now.replace(minute=0, second=0, microsecond=0) == datetime(
        2026, 1, 10, 10, tzinfo=ZoneInfo("Asia/Dhaka")
    )
    assert (company.currency, company.tax_rate, company.grace_days) == ("BDT", Decimal("0.15"), 3)
    assert company.invoice_lead_days == 7
    assert company.reminder_offsets == [-3, -1, 0]
    assert (company.suspend_from_hour, company.suspend_until_hour) == (0, 24)
    assert (company.reactivation, company.first_bill) == ("NOTHING_OVERDUE", "ON_ACTIVATION")

    assert set(Branch.objects.values_list("name", flat=True)) == {"Dhaka HQ", "Chattogram"}
    assert set(Area.objects.values_list("name", "branch__name")) == {
        ("Mirpur-10", "Dhaka HQ"),
        ("Uttara-4", "Dhaka HQ"),
        ("Agrabad", "Chattogram"),
    }
    assert list(
        PackagePrice.objects.order_by("net_amount").values_list(
            "package__name", "cycle", "net_amount", "package__installation_fee"
        )
    ) == [
        ("Student 10", "MONTHLY", Decimal("600.00"), Decimal("0.00")),
        ("Home 30", "MONTHLY", Decimal("1000.00"), Decimal("0.00")),
        ("Home 50", "MONTHLY", Decimal("1500.00"), Decimal("0.00")),
        ("Home 100", "MONTHLY", Decimal("2500.00"), Decimal("0.00")),
    ]
    assert Package.objects.count() == 4
    assert list(Router.objects.order_by("name").values_list("name", "branch__name", "status")) == [
        ("sim-1", "Dhaka HQ", "ONLINE"),
        ("sim-2", "Chattogram", "ONLINE"),
    ]
    assert set(
        Reseller.objects.values_list("user__login", "areas__name", "commission_rate", "status")
    ) == {
        ("r1@demo.test", "Uttara-4", Decimal("0.10"), "ACTIVE"),
        ("r2@demo.test", "Mirpur-10", Decimal("0.10"), "ACTIVE"),
    }


def test_the_six_customers_are_in_the_promised_states(demo):
    rows = Customer.objects.order_by("number").values_list(
        "number",
        "name",
        "phone",
        "area__name",
        "branch__name",
        "language",
        "status",
        "subscriptions__package__name",
        "subscriptions__billing_day",
        "account_state__balance_amount",
        "account_state__oldest_due_date",
        "account_state__next_billing_date",
    )
    settled = (Decimal("0.00"), None)
    assert list(rows) == [
        (
            "CT-2025-00001",
            "Amina Begum",
            "+8801711000001",
            "Mirpur-10",
            "Dhaka HQ",
            "bn",
            "ACTIVE",
            "Home 30",
            5,
            *settled,
            date(2026, 2, 5),
        ),
        (
            "CT-2025-00002",
            "Babul Hossain",
            "+8801711000002",
            "Mirpur-10",
            "Dhaka HQ",
            "en",
            "ACTIVE",
            "Home 30",
            25,
            *settled,
            date(2026, 1, 25),
        ),
        (
            "CT-2025-00003",
            "Chitra Roy",
            "+8801711000003",
            "Uttara-4",
            "Dhaka HQ",
            "en",
            "SUSPENDED",
            "Home 50",
            5,
            Decimal("1725.00"),
            date(2026, 1, 5),
            date(2026, 2, 5),
        ),
        (
            "CT-2025-00004",
            "Dulal Mia",
            "+8801711000004",
            "Uttara-4",
            "Dhaka HQ",
            "en",
            "ACTIVE",
            "Student 10",
            1,
            *settled,
            date(2026, 2, 1),
        ),
        (
            "CT-2025-00005",
            "Eva Das",
            "+8801711000005",
            "Agrabad",
            "Chattogram",
            "en",
            "ACTIVE",
            "Home 100",
            30,
            *settled,
            date(2026, 1, 30),
        ),
        (
            "CT-2025-00006",
            "Faruk Ahmed",
            "+8801711000006",
            "Mirpur-10",
            "Dhaka HQ",
            "en",
            "ACTIVE",
            "Home 30",
            5,
            *settled,
            date(2026, 2, 5),
        ),
    ]
    assert list(
        Customer.objects.filter(reseller_id__isnull=False).values_list("name", "reseller_id")
    ) == [("Dulal Mia", Reseller.objects.get(user__login="r1@demo.test").pk)]


def test_amina_and_faruk_have_paid_5_january_to_4_february(demo):
    for name in ("Amina Begum", "Faruk Ahmed"):
        invoice = Invoice.objects.get(customer__name=name, due_date=date(2026, 1, 5))
        line = invoice.lines.get()
        assert (line.span.lower, line.span.upper) == (date(2026, 1, 5), date(2026, 2, 5))
        assert (invoice.total_amount, invoice.amount_due) == (Decimal("1150.00"), Decimal("0.00"))


def test_chitra_is_cut_off_since_9_january_for_the_bill_of_the_fifth(demo):
    invoice = Invoice.objects.get(amount_due__gt=0)
    assert (invoice.customer.name, invoice.due_date) == ("Chitra Roy", date(2026, 1, 5))
    assert (invoice.total_amount, invoice.amount_due) == (Decimal("1725.00"), Decimal("1725.00"))
    suspension = Suspension.objects.get()
    assert (suspension.kind, suspension.span.lower) == ("NON_PAYMENT", date(2026, 1, 9))
    assert suspension.ended_at is None
    event = AuditEvent.objects.get(action="subscription.suspended")
    assert event.at.astimezone(ZoneInfo("Asia/Dhaka")).date() == date(2026, 1, 9)
    assert event.reason == "unpaid past the days of grace"
    assert suspension.decision["amount"] == "1725.00"


def test_every_login_signs_in(demo):
    from ispbill.core import phones

    for _label, login, password, _address in LOGINS:
        given = login if "@" in login else phones.normalise(login)
        assert authenticate(None, username=given, password=password) is not None, login
    assert User.objects.count() == len(LOGINS) == 19
    assert User.objects.get(login="manager.ctg@demo.test").branch == Branch.objects.get(code="CTG")


def test_lines_wait_for_the_worker_at_the_addresses_of_the_sandbox(demo):
    for router in Router.objects.all():
        entry = config.router(django_settings.SANDBOX_DIR, router.name)
        assert (router.host, router.port, router.username) == (
            entry["host"],
            entry["port"],
            entry["username"],
        )
        place = f"network.router:{router.seal_id}"
        assert crypto.unseal(router.sealed_password, context=place) == entry["password"]
    desired_states = {
        line.username: (line.router.name, line.desired_state, line.desired_profile, line.is_settled)
        for line in Access.objects.select_related("router")
    }
    assert desired_states == {
        "amina": ("sim-1", "OPEN", "ispbill-30M-30M", False),
        "babul": ("sim-1", "OPEN", "ispbill-30M-30M", False),
        "chitra": ("sim-1", "WALLED", "ispbill-50M-50M", False),
        "dulal": ("sim-1", "OPEN", "ispbill-10M-10M", False),
        "eva": ("sim-2", "OPEN", "ispbill-100M-100M", False),
        "faruk": ("sim-1", "OPEN", "ispbill-30M-30M", False),
    }
    assert all(password_of(line) for line in Access.objects.all())


def test_the_books_balance_and_no_number_is_missing(demo):
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    numbers = list(Invoice.objects.order_by("pk").values_list("number", flat=True))
    assert sorted(numbers) == [f"INV-2025-{n:05d}" for n in range(1, len(numbers) + 1)]
    years = {2025: 0, 2026: 0}
    for receipt in Payment.objects.order_by("received_at").values_list("receipt_number", flat=True):
        year = int(receipt[4:8])
        years[year] += 1
        assert receipt == f"RCP-{year}-{years[year]:05d}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM billing_invoiceline WHERE upper(span) > date '2026-03-01'"
        )
        assert cursor.fetchone() == (0,)


def test_nothing_is_left_to_be_sent_about_the_past(demo):
    assert Message.objects.exists()
    assert not Message.objects.exclude(state="DELIVERED").exists()
    assert not Message.objects.filter(body="").exists()


def test_a_database_with_data_is_left_alone_without_reset(demo):
    before = list(Customer.objects.values_list("pk", "number"))
    out = StringIO()
    call_command("seed_demo", "--profile", "e2e", stdout=out, stderr=StringIO())
    assert "nothing was changed" in out.getvalue()
    assert list(Customer.objects.values_list("pk", "number")) == before


def test_reset_makes_the_same_company_again(demo):
    def figures():
        return (
            list(Customer.objects.order_by("number").values_list("number", "name", "status")),
            list(Invoice.objects.order_by("number").values_list("number", "total_amount")),
            list(Payment.objects.order_by("receipt_number").values_list("amount", "posted_on")),
        )

    before = figures()
    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO(), stderr=StringIO())
    assert figures() == before
    assert Subscription.objects.count() == 6


def test_production_data_is_never_emptied(demo, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never emptied"):
        call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO())
    assert Customer.objects.count() == 6
