"""The pages of the books: balances, journal, accounts, entries, days, closing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.ledger.models import Account, JournalEntry, PeriodClose
from billing.ledger.services import ledger_seals
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

R = User.Role
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def customer():
    made = CustomerFactory(area=AreaFactory())
    open_invoice(made)
    paid(made, "1150.00", at=AT)
    return made


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("ledger", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("journal", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("ledger-accounts", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("ledger-days", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("closing", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("add-account", {R.OWNER, R.BILLING}),
    ],
)
def test_a_page_opens_for_its_roles_and_no_others(client, name, roles):
    opened = set()
    for role in (R.OWNER, R.BILLING, R.AUDITOR, R.CASHIER, R.SUPPORT):
        client.force_login(UserFactory(role=role))
        if client.get(address(name)).status_code == 200:
            opened.add(role)

    assert opened == roles


def test_the_trial_balance_shows_balances_and_their_check(client, owner, customer):
    JobRun.objects.create(
        job="check_ledger", started_at=AT, heartbeat_at=AT, finished_at=AT, status="COMPLETED"
    )

    page = client.get(address("ledger"))
    before = client.get(address("ledger") + "?end=2026-01-05")

    assert "Books are balanced, checked" in page.content.decode()
    assert page.context["trial"].is_balanced
    assert (page.context["trial"].debit, before.context["trial"].debit) == (
        Decimal("1150.00"),
        Decimal("1150.00"),
    )
    assert client.get(address("ledger") + "?end=2025-12-31").context["trial"].debit == 0


def test_a_range_shows_what_was_before_and_what_moved(client, owner, customer):
    page = client.get(address("ledger") + "?start=2026-01-05&end=2026-01-31")

    receivable = next(one for one in page.context["trial"].balances if one.account.code == 1100)
    assert (receivable.opening, receivable.moved_in, receivable.moved_out, receivable.amount) == (
        Decimal("1150.00"),
        Decimal(0),
        Decimal("1150.00"),
        Decimal(0),
    )


def test_books_that_do_not_hold_are_an_alarm(client, owner):
    JobRun.objects.create(
        job="check_ledger",
        started_at=AT,
        heartbeat_at=AT,
        finished_at=AT,
        status="PARTIAL",
        failed=1,
    )

    assert 'role="alert"' in client.get(address("ledger")).content.decode()


def test_the_journal_leads_to_the_documents(client, owner, customer):
    page = client.get(address("journal")).content.decode()

    assert reverse("staff_billing:invoice", args=["INV-2026-00001"]) in page
    assert reverse("staff_payments:detail", args=["RCP-2026-00001"]) in page


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", ["PAYMENT", "INVOICE"]),
        ("?kind=INVOICE", ["INVOICE"]),
        ("?account=1000", ["PAYMENT"]),
        ("?account=4000", ["INVOICE"]),
        ("?customer=CT-0", []),
        ("?start=2026-01-05", ["PAYMENT"]),
        ("?end=2026-01-05", ["INVOICE"]),
        ("?kind=NONSENSE&account=x&branch=x&start=x", ["PAYMENT", "INVOICE"]),
    ],
)
def test_the_journal_is_narrowed(client, owner, customer, query, kinds):
    page = client.get(address("journal") + query)

    assert [row["entry"].kind for row in page.context["rows"]] == kinds


def test_the_journal_of_a_customer_and_of_a_branch(client, owner, customer):
    other = CustomerFactory()
    open_invoice(other)

    own = client.get(address("journal") + f"?customer={other.number.lower()}")
    branch = client.get(address("journal") + f"?branch={customer.branch_id}")

    assert [row["entry"].customer_id for row in own.context["rows"]] == [other.pk]
    assert {row["entry"].customer_id for row in branch.context["rows"]} == {customer.pk}


def test_the_journal_is_turned_by_key_without_losing_an_entry(client, owner, monkeypatch):
    monkeypatch.setattr("billing.ledger.queries.books.PER_PAGE", 50)
    area = AreaFactory()
    for _number in range(60):
        open_invoice(CustomerFactory(area=area))

    first = client.get(address("journal"))
    second = client.get(address("journal") + f"?after={first.context['older']}")

    seen = [row["entry"].pk for page in (first, second) for row in page.context["rows"]]
    assert seen == sorted(JournalEntry.objects.values_list("pk", flat=True), reverse=True)
    assert second.context["older"] == ""


def test_a_longer_journal_asks_no_more_questions(client, owner):
    open_invoice(CustomerFactory())
    few = queries_of(client, address("journal"))
    for _number in range(5):
        open_invoice(CustomerFactory())

    assert queries_of(client, address("journal")) == few


def test_an_account_goes_from_its_opening_to_its_closing_balance(client, owner, customer):
    page = client.get(address("ledger-account", 1100) + "?start=2026-01-05&end=2026-01-31")

    balance = page.context["balance"]
    assert (balance.opening, balance.moved_out, balance.amount) == (
        Decimal("1150.00"),
        Decimal("1150.00"),
        Decimal(0),
    )
    assert len(page.context["rows"]) == 1


def test_an_entry_says_what_it_is_about_and_whether_it_is_sealed(client, owner, customer):
    entry = JournalEntry.objects.get(kind="PAYMENT")
    url = address("ledger-entry", entry.pk)
    before = client.get(url)
    ledger_seals.seal(on=AT.date(), at=AT)
    after = client.get(url)

    assert "RCP-2026-00001" in before.content.decode()
    assert (before.context["seal"] is None, after.context["seal"].last_id) == (True, entry.pk)


def test_a_company_adds_its_own_account_once(client, owner, customer):
    given = {"code": 6300, "name": "Rent", "kind": "EXPENSE"}

    added = client.post(address("add-account"), given)
    again = client.post(address("add-account"), given)

    assert (added.status_code, again.status_code) == (302, 422)
    assert Account.objects.get(code=6300).name == "Rent"
    assert AuditEvent.objects.filter(action="account.added").count() == 1
    assert "Your own" in client.get(address("ledger-accounts")).content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"code": 1100, "name": "Mine now", "kind": "ASSET"},
        {"code": 999, "name": "Short", "kind": "ASSET"},
        {"code": 6300, "name": "Of the wrong kind", "kind": "ASSET"},
        {"code": 2500, "name": "", "kind": "LIABILITY"},
    ],
)
def test_an_account_that_would_confuse_is_refused(client, owner, given):
    assert client.post(address("add-account"), given).status_code == 422
    assert not Account.objects.filter(name=given["name"]).exists()


def test_days_show_what_each_came_to(client, owner, customer):
    page = client.get(address("ledger-days") + "?start=2026-01-01&end=2026-01-31")

    assert [(row["on"], row["total"]) for row in page.context["rows"]] == [
        (date(2026, 1, 10), Decimal("1150.00")),
        (date(2026, 1, 1), Decimal("1150.00")),
    ]


def test_a_month_is_closed_and_reopened_from_its_page(client, owner, customer, monkeypatch):
    later = datetime(2026, 2, 3, 4, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = client.get(address("closing"))
    assert not page.context["is_ready"]
    ledger_seals.seal(on=date(2026, 2, 3), at=later)
    JobRun.objects.create(
        job="check_ledger",
        started_at=later,
        heartbeat_at=later,
        finished_at=later,
        status="COMPLETED",
    )

    assert client.get(address("closing")).context["is_ready"]
    assert client.get(address("close-month", "2026-01")).status_code == 200
    assert client.post(address("close-month", "2026-01"), {"note": "all in"}).status_code == 302
    closed = PeriodClose.objects.get()
    assert (closed.last_day, closed.note) == (date(2026, 1, 31), "all in")
    assert client.get(address("close-month", "2026-01")).status_code == 404

    url = address("reopen-month", closed.pk)
    assert client.post(url, {"reason": "no"}).status_code == 422
    assert client.post(url, {"reason": "the bank sent one more page"}).status_code == 302
    closed.refresh_from_db()
    assert not closed.is_closed


def test_a_month_that_is_not_ready_says_why(client, owner, customer):
    refused = client.post(address("close-month", "2026-01"), {"note": ""})

    assert refused.status_code == 422
    assert not PeriodClose.objects.exists()


def test_only_the_owner_finds_the_way_to_reopen(client, customer):
    client.force_login(UserFactory(role=R.BILLING))
    closed = PeriodClose.objects.create(
        first_day=date(2025, 12, 1),
        last_day=date(2025, 12, 31),
        entry_count=0,
        turnover_amount=0,
        closed_at=AT,
    )

    assert client.get(address("reopen-month", closed.pk)).status_code == 403
