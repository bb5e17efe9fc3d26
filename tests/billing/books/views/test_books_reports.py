"""Deferred revenue, the tax report and the accountant's files, on the page and as files."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from billing.invoices.models import InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.models import Posting
from billing.ledger.services import ledger_seals, recognition
from billing.receivables.services import crediting, voiding
from billing.receivables.services.crediting import Given
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from tests.billing.books.rules.test_beancount import read
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)

R = User.Role
AT = datetime(2026, 2, 10, 4, 0, tzinfo=UTC)
FEBRUARY = "?start=2026-02-01&end=2026-02-28"
JANUARY = "?start=2026-01-01&end=2026-01-31"
WHY = "because the test says so"


@pytest.fixture(autouse=True)
def _ten_february(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def bill(customer, *parts, on=date(2026, 1, 15)):
    """An invoice with a line for each (net, tax, rate)."""
    lines = [
        NewLine(
            kind="ADJUSTMENT",
            description="Internet",
            tax_rate=Decimal(rate),
            amount=Taxed(Decimal(net), Decimal(tax)),
        )
        for net, tax, rate in parts
    ]
    at = datetime(on.year, on.month, on.day, 4, 0, tzinfo=UTC)
    return invoicing.issue(
        customer=customer, lines=lines, kind="ADJUSTMENT", due_date=on, on=on, act=Act(None, at)
    )


def address(name):
    return reverse(f"staff_billing:{name}")


def text_of(response):
    return b"".join(response.streaming_content).decode()


def rows_of(response):
    return list(csv.reader(io.StringIO(text_of(response).lstrip("\ufeff"))))


@pytest.mark.parametrize("name", ["deferred", "tax-report", "books-export"])
def test_a_page_opens_for_its_roles_and_no_others(client, name):
    opened = set()
    for role in (R.OWNER, R.BILLING, R.AUDITOR, R.CASHIER, R.SUPPORT):
        client.force_login(UserFactory(role=role))
        if client.get(address(name)).status_code == 200:
            opened.add(role)

    assert opened == {R.OWNER, R.BILLING, R.AUDITOR}


@pytest.fixture
def taxed(owner):
    """January: 1,000 at 15 %, 200 at 5 %, a void bill. February: part of the first given back."""
    customer = CustomerFactory()
    first = bill(customer, ("1000.00", "150.00", "0.15"), ("200.00", "10.00", "0.05"))
    wrong = bill(customer, ("50.00", "7.50", "0.15"))
    voiding.void(
        invoice=wrong, act=Act(None, AT.replace(month=1, day=16), on=date(2026, 1, 16), reason=WHY)
    )
    line = InvoiceLine.objects.get(invoice=first, tax_rate=Decimal("0.15"))
    crediting.credit(
        invoice=first,
        given=[Given(line=line, net=Decimal("100.00"))],
        on=date(2026, 2, 3),
        act=Act(None, AT, reason=WHY),
    )
    return customer


def test_the_tax_of_a_period_is_by_rate_and_agrees_with_the_books(client, taxed):
    january = client.get(address("tax-report") + JANUARY).context["report"]
    february = client.get(address("tax-report") + FEBRUARY).context["report"]

    assert [(one.rate, one.net, one.tax, one.void_tax) for one in january.rates] == [
        (Decimal("0.15"), Decimal("1000.00"), Decimal("150.00"), Decimal("7.50")),
        (Decimal("0.05"), Decimal("200.00"), Decimal("10.00"), Decimal(0)),
    ]
    assert [(one.rate, one.net, one.tax) for one in february.rates] == [
        (Decimal("0.15"), Decimal("-100.00"), Decimal("-15.00"))
    ]
    assert (january.agrees, february.agrees) == (True, True)


def test_the_report_is_the_same_once_the_entries_are_sealed(client, taxed):
    before = client.get(address("tax-report") + JANUARY).context["report"]
    ledger_seals.seal(on=AT.date(), at=AT)

    assert client.get(address("tax-report") + JANUARY).context["report"] == before


def test_the_rows_behind_a_rate_add_up_to_it(client, taxed):
    page = client.get(address("tax-report") + JANUARY + "&rate=0.15000")
    file = rows_of(client.get(address("tax-report") + JANUARY + "&rate=0.15000&file=csv"))

    assert [(row.kind, row.tax) for row in page.context["rows"]] == [
        ("INVOICE", Decimal("150.00")),
        ("INVOICE", Decimal("7.50")),
        ("VOID", Decimal("-7.50")),
    ]
    assert sum(Decimal(row[8]) for row in file[1:]) == Decimal("150.00")
    assert len(rows_of(client.get(address("tax-report") + JANUARY + "&file=csv"))) == 1 + 4


def test_the_tax_file_is_a_workbook_with_real_numbers(client, taxed):
    answer = client.get(address("tax-report") + JANUARY + "&file=xlsx")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [type(cell.value).__name__ for cell in sheet[2]][6:9] == ["float", "int", "int"]
    assert sheet.max_row == 5


def test_the_default_period_is_the_last_month(client, owner):
    page = client.get(address("tax-report"))

    assert (page.context["start"], page.context["end"]) == (date(2026, 1, 1), date(2026, 1, 31))
    assert client.get(address("tax-report") + "?rate=NaN&start=x&page=x").status_code == 200


def test_the_journal_file_has_a_row_for_every_posting(client, taxed):
    paid(taxed, "500.00", at=AT)

    rows = rows_of(
        client.get(address("books-export") + "?start=2026-01-01&end=2026-02-28&file=csv")
    )

    debit, credit = (sum(Decimal(row[place]) for row in rows[1:]) for place in (10, 11))
    assert len(rows) == 1 + Posting.objects.count()
    assert debit == credit > 0
    assert {row[3] for row in rows[1:]} == {
        "INV-2026-00001",
        "INV-2026-00002",
        "CN-2026-00001",
        "RCP-2026-00001",
    }


def test_a_name_that_looks_like_a_formula_stays_a_name(client, owner):
    bill(CustomerFactory(name="=HYPERLINK(0)"), ("10.00", "0.00", "0"))

    rows = rows_of(client.get(address("books-export") + JANUARY + "&file=csv"))

    assert {row[5] for row in rows[1:]} == {"'=HYPERLINK(0)"}


def test_the_plain_text_journal_is_read_back_whole(client, taxed):
    """An independent reader: balanced entries, opening balances, checked closing balances."""
    paid(taxed, "500.00", at=AT)
    ledger_seals.seal(on=AT.date(), at=AT)

    january, _sums = read(
        text_of(client.get(address("books-export") + JANUARY + "&file=beancount"))
    )
    february, sums = read(
        text_of(client.get(address("books-export") + FEBRUARY + "&file=beancount"))
    )

    assert len(january) == 3
    assert "Opening balances" in february[0]["words"]
    assert len(february) == 1 + 2
    assert sums["Assets:1100-Receivables-from-customers"] == Decimal("745.00")


def test_deferred_revenue_is_shown_by_month_and_customer(client, owner):
    subscription = SubscriptionFactory()
    line = NewLine(
        kind="RECURRING",
        description="A year",
        amount=Taxed(Decimal("365.00"), Decimal(0)),
        tax_rate=Decimal(0),
        account=2400,
        subscription=subscription,
        days=(date(2026, 1, 1), date(2027, 1, 1)),
    )
    invoicing.issue(
        customer=subscription.customer,
        lines=[line],
        kind="RECURRING",
        due_date=date(2026, 1, 1),
        on=date(2026, 1, 1),
        act=Act(None, datetime(2026, 1, 1, 4, 0, tzinfo=UTC)),
    )
    recognition.recognise(through=date(2026, 2, 9), act=Act(None, AT))

    page = client.get(address("deferred"))
    file = rows_of(client.get(address("deferred") + "?file=csv"))

    assert page.context["as_of"] == date(2026, 2, 9)
    assert page.context["sums"].remaining == Decimal("325.00")
    assert [one["row"].closing for one in page.context["months"]] == [
        Decimal("325.00"),
        Decimal("334.00"),
    ]
    assert [row[0] for row in file[1:]] == [subscription.customer.number]
