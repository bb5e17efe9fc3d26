"""A figure has one name and one number, on the first page as in every report."""

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.receivables.services import voiding
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.reports.queries import cash, collection, defining, definitions, owed, rows
from ispbill.reports.queries.scope import Scope
from ispbill.reports.views.revenue import TABS
from tests.architecture.test_house import ROOT
from tests.factories.accounts import UserFactory
from tests.factories.billing import chart
from tests.factories.customers import SubscriptionFactory
from tests.factories.payments import paid
from tests.reports.conftest import bill, built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 31)
FIRST = date(2026, 1, 1)
SPAN = {"since": FIRST, "until": ON, "scope": Scope()}


@pytest.fixture
def company():
    """Late, paid, part paid and void bills; services in use, cancelled in use and when paused."""
    chart()
    clock.set_simulated(moment(ON, hour=12))
    late, part, early = (serve(since=date(2025, 11, 1)).customer for _number in range(3))
    bill(late, "1000.00", "150.00", on=date(2025, 11, 5), due=date(2025, 11, 20))
    bill(late, "300.00", on=date(2026, 1, 5), due=date(2026, 1, 28))
    bill(part, "1000.00", on=date(2026, 1, 2), due=date(2026, 1, 10))
    bill(early, "500.00", on=date(2026, 1, 20), due=date(2026, 2, 10))
    void = bill(part, "77.00", on=date(2026, 1, 3), due=date(2026, 1, 12))
    voiding.void(invoice=void, act=Act(None, moment(ON), reason="billed by mistake, twice"))
    SubscriptionFactory(
        status="CANCELLED", activated_on=date(2025, 12, 1), cancelled_on=date(2026, 1, 9)
    )
    paid(part, "600.00", at=moment(date(2026, 1, 15)))
    paid(late, "50.00", at=moment(ON))


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def home(client):
    """The figures of the first page by their keys, with the days they are of."""
    names = ("cash", "ageing", "course", "bridge", "coming")
    found = [client.get(reverse("staff:tile", args=[name])).context for name in names]
    return {one["figure"].key: one["value"] for one in found}


def reported(client):
    """Every key figure of every report of this month: (name, key) and value."""
    found = []
    for tab in TABS:
        report = client.get(reverse(f"staff_reports:{tab}"), {"period": "this"}).context["report"]
        found += [(str(one.label), one.key, one.value) for one in report.figures]
    return found


def test_equal_names_give_equal_numbers(client, owner, company):
    built(ON)

    by_name = defaultdict(set)
    for name, _key, value in reported(client):
        by_name[name].add(value)
    for key, value in home(client).items():
        by_name[str(definitions.FIGURES[key].name)].add(value)

    assert {name: values for name, values in by_name.items() if len(values) > 1} == {}
    assert by_name["Collected"] == {Decimal("650.00")}
    assert by_name["Past due"] == {Decimal("1800.00")}


def test_what_is_shown_is_what_the_one_query_answers(client, owner, company):
    built(ON)

    shown = [(key, value) for _name, key, value in reported(client) if key]
    shown += home(client).items()
    sheet = client.get(reverse("staff_reports:figures"), {"period": "this"}).context["table"]
    keys = {str(one.name): key for key, one in definitions.FIGURES.items()}
    shown += [(keys[row[0].value], row[1].value) for row in sheet.rows]

    assert {key for key, _value in shown} == set(definitions.FIGURES)
    for key, value in shown:
        assert (key, value) == (key, definitions.value(key, **SPAN))


SHOWS = ("ispbill/portals", "ispbill/reports/views", "ispbill/api")
# Sums of one customer, whose account it is; no figure of the company.
OF_ONE_CUSTOMER = {"ispbill/api/views/dashboard.py", "ispbill/api/views/admin_money.py"}
A_SUM = re.compile(r"\bSum\(|\bAvg\(|\.aggregate\(|(?i:select\b[^\"]*\bsum\()")


def sums_of_their_own(root=ROOT):
    files = [file for place in SHOWS for file in sorted((root / place).rglob("*.py"))]
    found = {file.relative_to(root).as_posix() for file in files if A_SUM.search(file.read_text())}
    return found - OF_ONE_CUSTOMER


def test_what_shows_a_figure_asks_the_registry_and_adds_up_nothing_of_its_own():
    assert sums_of_their_own() == set()


def test_a_sum_on_a_page_would_be_found(tmp_path):
    page = tmp_path / "ispbill/portals/views/home.py"
    page.parent.mkdir(parents=True)
    page.write_text('owed = Invoice.objects.aggregate(all=Sum("amount_due"))')

    assert sums_of_their_own(tmp_path) == {"ispbill/portals/views/home.py"}


def test_a_name_is_given_once():
    names = [str(one.name) for one in definitions.FIGURES.values()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", [key for key, one in definitions.FIGURES.items() if one.rows])
def test_the_list_behind_a_figure_comes_to_the_figure(company, key):
    built(ON)
    one = definitions.FIGURES[key]

    found = rows.of(one.rows, **SPAN)

    value = found.amount if one.unit == defining.MONEY else found.count
    assert value == definitions.value(key, **SPAN)


@pytest.mark.parametrize("until", [None, date(2026, 1, 20), ON])
def test_the_first_page_is_the_same_whenever_figures_were_built(client, owner, company, until):
    if until:
        built(until)

    found = home(client)
    days = cash.by_day(since=FIRST, until=ON)

    assert (found["collected"], found["overdue"]) == (Decimal("650.00"), Decimal("1800.00"))
    assert sum(days.values()) == found["collected"]
    assert days[date(2026, 1, 15)] == Decimal("600.00")


def test_the_course_of_the_month_leads_to_its_collection(company):
    built(ON)
    course = collection.course(since=FIRST, until=ON)
    of_month = collection.of(since=FIRST, until=ON, scope=Scope())

    assert course[ON] == of_month
    assert date(2026, 1, 9) not in course  # nothing was due yet
    assert course[date(2026, 1, 10)].percent == 0
    assert all(one.paid <= one.due for one in course.values())


def test_the_ages_add_up_to_what_is_late(company):
    found = owed.owed(on=ON)

    assert [(age.key, age.amount, age.customers) for age in found.ages] == [
        ("late_7", Decimal("300.00"), 1),
        ("late_30", Decimal("400.00"), 1),
        ("late_60", Decimal("0"), 0),
        ("late_older", Decimal("1100.00"), 1),
    ]
    assert (found.overdue, found.customers) == (Decimal("1800.00"), 2)
    assert found.amount == Decimal("2300.00")
