"""The revenue report: who sees what of it, what it says, and what lies behind its figures."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.reports.queries import figures, rows
from ispbill.reports.queries.scope import Scope
from ispbill.reports.views.revenue import TABS
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart, scheduled
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import paid
from tests.reports.conftest import bill, built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [reverse(f"staff_reports:{name}") for name in TABS]
JANUARY = {"period": "own", "since": "2026-01-01", "until": "2026-01-31"}


@pytest.fixture(autouse=True)
def _second_of_february():
    clock.set_simulated(moment(date(2026, 2, 2)))


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def company():
    """Two branches with a service each; bills and payments of January in the first."""
    chart()
    here, there = AreaFactory(name="Mirpur"), AreaFactory(name="Agrabad")
    mine = serve("1000.00", since=date(2025, 12, 5), customer=person(here, "=HYPERLINK(1)"))
    serve("400.00", since=date(2026, 1, 5), customer=person(there, "Eva Das"))
    bill(mine.customer, "1000.00", "150.00", on=date(2026, 1, 2), subscription=mine)
    scheduled(mine, billed_until=date(2026, 3, 5))
    paid(mine.customer, "600.00", at=moment(date(2026, 1, 20)))
    built(date(2026, 2, 1))
    return {"here": here, "there": there, "mine": mine}


def person(area, name):
    return CustomerFactory(area=area, name=name, created_at=moment(date(2025, 12, 1)))


def shown(client, name, **query):
    return client.get(reverse(f"staff_reports:{name}"), query)


@pytest.mark.parametrize("address", ADDRESSES)
def test_before_the_first_night_the_page_says_there_is_nothing_yet(client, owner, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert "No figures yet" in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_tab_shows_its_figures_charts_and_what_they_mean(client, owner, company, address):
    text = client.get(address).content.decode()

    assert "How is this computed?" in text
    assert '<figure class="chart"' in text
    assert "Show as table" in text


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_part_of_the_company_with_nothing_in_it_says_so(client, owner, company, address):
    text = client.get(address, {"branch": BranchFactory().pk}).content.decode()

    assert "Nothing in these days for this part of the company" in text


def test_the_month_reads_as_worked_out_by_hand(client, owner, company):
    figures = {
        one.label: one for one in shown(client, "revenue", **JANUARY).context["report"].figures
    }
    money = {
        one.label: one
        for one in shown(client, "revenue-collection", **JANUARY).context["report"].figures
    }

    assert figures["Recurring revenue a month"].value == Decimal("1400.00")
    assert figures["Recurring revenue a month"].delta == "+40.0 %"
    assert figures["New"].value == Decimal("400.00")
    assert money["Billed"].value == Decimal("1150.00")
    assert round(money["Collection efficiency"].value, 1) == Decimal("52.2")
    assert money["Owed"].value == Decimal("550.00")


def test_months_are_compared_with_months_and_nothing_with_what_was_before_the_beginning(
    client, owner, company
):
    january = shown(client, "revenue", **JANUARY).context["before"]
    all_of_it = shown(client, "revenue", period="12").context

    assert january == (date(2025, 12, 1), date(2025, 12, 31))
    assert all_of_it["before"] is None
    assert {one.delta for one in all_of_it["report"].figures} == {""}


@pytest.mark.parametrize("role", ["OWNER", "BILLING", "BRANCH_MANAGER", "AUDITOR"])
def test_who_may_read_reports_sees_them(client, company, role):
    client.force_login(UserFactory(role=role, branch=company["here"].branch))

    assert {client.get(address).status_code for address in ADDRESSES} == {200}


@pytest.mark.parametrize("role", ["CASHIER", "SUPPORT", "NOC", "SALES"])
def test_who_may_not_is_refused_the_pages_the_rows_and_the_files(client, company, role):
    client.force_login(UserFactory(role=role))
    more = [
        reverse("staff_reports:revenue-rows") + "?what=new",
        reverse("staff_reports:revenue-file", args=["revenue"]),
    ]

    assert {client.get(address).status_code for address in [*ADDRESSES, *more]} == {403}


def test_a_branch_manager_sees_the_branch_alone_whatever_is_asked_for(client, company):
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=company["there"].branch)
    client.force_login(manager)
    asked = {**JANUARY, "branch": company["here"].branch_id}

    page = shown(client, "revenue", **asked)
    behind = shown(client, "revenue-rows", what="in_use", **asked)
    areas = shown(client, "revenue-breakdown", by="area", **asked).context["report"].tables[0]
    file = client.get(
        reverse("staff_reports:revenue-rows"), {"what": "in_use", "as": "csv", **asked}
    )

    assert page.context["report"].figures[0].value == Decimal("400.00")
    assert [row.customer_name for row in behind.context["found"].rows] == ["Eva Das"]
    assert [row[0].value for row in areas.rows] == ["Agrabad"]
    assert b"HYPERLINK" not in b"".join(file.streaming_content)
    assert "branch" not in page.context["form"].fields
    assert [label for _pk, label in page.context["form"].fields["area"].choices] == [
        "All",
        "Agrabad",
    ]


def test_the_branch_of_the_top_bar_is_the_branch_of_the_report(client, owner, company):
    session = client.session
    session["branch_id"] = company["there"].branch_id
    session.save()

    kept = shown(client, "revenue", **JANUARY).context["report"].figures[0]
    other = shown(client, "revenue", branch="", **JANUARY).context["report"].figures[0]

    assert (kept.value, other.value) == (400, 1400)


@pytest.mark.parametrize("what", rows.EVERY)
def test_every_list_opens(client, owner, company, what):
    answer = shown(client, "revenue-rows", what=what, month="2025-12-01", **JANUARY)

    assert answer.status_code == 200
    assert answer.context["found"].count == len(answer.context["found"].rows)


def test_the_rows_behind_a_figure_sum_to_it(client, owner, company):
    month = figures.months(since=date(2026, 1, 1), until=date(2026, 1, 31), scope=Scope())[0]
    whole = figures.span(since=date(2026, 1, 1), until=date(2026, 1, 31), scope=Scope())
    expected = {
        "new": whole["new_amount"],
        "in_use": whole.closing["monthly_amount"],
        "billed": whole.billed,
        "collected": whole.collected,
        "due_30": month["due_30_amount"],
        "owed": Decimal("550.00"),
        "churned": whole["churned_amount"],
    }

    sums = {
        what: shown(client, "revenue-rows", what=what, **JANUARY).context["found"].amount
        for what in expected
    }

    assert sums == expected


def test_a_list_leads_to_the_customer_and_the_document(client, owner, company):
    text = shown(client, "revenue-rows", what="billed", **JANUARY).content.decode()

    number = company["mine"].customer.number
    assert f'href="/admin/customers/{number}/"' in text
    assert 'href="/admin/invoices/INV-' in text


@pytest.mark.parametrize("what", ["nonsense", ""])
def test_a_figure_there_is_not_has_no_list(client, owner, company, what):
    assert shown(client, "revenue-rows", what=what).status_code == 404


def test_files_hold_the_tables_and_no_text_is_a_formula(client, owner, company):
    address = reverse("staff_reports:revenue-rows")
    asked = {"what": "in_use", **JANUARY}

    text = b"".join(client.get(address, {**asked, "as": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    book = load_workbook(BytesIO(client.get(address, {**asked, "as": "xlsx"}).content))
    names = [row[2] for row in book.active.iter_rows(min_row=2)]

    assert "'=HYPERLINK(1)" in text
    assert {(cell.value, cell.data_type) for cell in names} == {
        ("'=HYPERLINK(1)", "s"),
        ("Eva Das", "s"),
    }


@pytest.mark.parametrize("tab", list(TABS))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_tab_is_there_as_a_file(client, owner, company, tab, kind):
    answer = client.get(reverse("staff_reports:revenue-file", args=[tab]), {"as": kind})

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{tab}.{kind}"'
    assert b"".join(answer) if answer.streaming else answer.content


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_tab_costs_the_same_however_many_there_are_and_reads_no_customer(
    client, owner, company, address
):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return [query["sql"] for query in queries]

    asked()
    with_two = asked()
    for _number in range(3):
        serve("100.00", since=date(2026, 1, 8))
    built(date(2026, 2, 1))
    statements = asked()

    assert len(statements) == len(with_two)
    assert len(statements) <= 20
    assert [sql for sql in statements if "customers_subscription" in sql] == []


def test_months_still_open_are_drawn_as_such(client, owner, company):
    report = shown(client, "revenue").context["report"]

    assert [point.is_partial for point in report.charts[0].points] == [False, False, True]
