"""The library: all figures side by side, lists as files, and what people get regularly."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.reports.models import ReportSchedule, SentReport
from ispbill.reports.queries import defining, definitions, library
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.periods import last_over
from ispbill.reports.services import schedules
from ispbill.reports.services.schedules import NobodyToTell
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.tickets import CategoryFactory, opened
from tests.reports.conftest import bill, built, moment, serve
from tickets.models import Survey

pytestmark = pytest.mark.django_db(transaction=True)

JANUARY = {"since": date(2026, 1, 1), "until": date(2026, 1, 31)}
FIRST = moment(date(2026, 2, 1))
PLANNED = moment(date(2026, 1, 12))
NOT_ADDED = (
    "arpu",
    "coming",
    "nps",
    "expected_value",
    "acquisition_cost",
)  # of one customer, or so


@pytest.fixture
def company():
    """A service in each of two branches, a bill in one."""
    chart()
    branches = [BranchFactory(name=name) for name in ("North", "South")]
    for branch in branches:
        area = AreaFactory(branch=branch)
        customer = CustomerFactory(area=area, branch=branch, created_at=moment(date(2025, 11, 5)))
        serve(since=date(2025, 11, 5), customer=customer)
    bill(customer, "500.00", on=date(2026, 1, 7))
    built(date(2026, 1, 31))
    return branches


@pytest.fixture
def owner():
    return UserFactory(role="OWNER", email="owner@mail.test")


def planned(owner, people, report="left", every="MONTH", branch=None):
    act = Act(owner, PLANNED)
    return schedules.plan(report=report, every=every, branch=branch, people=people, act=act)


def survey(*, branch, stars, nps, answered_at):
    customer = CustomerFactory(area=AreaFactory(branch=branch), branch=branch)
    ticket = opened(customer, at=answered_at - timedelta(days=2))
    return Survey.objects.create(
        ticket=ticket,
        customer=customer,
        branch=branch,
        area=customer.area,
        category=ticket.category,
        asked_at=answered_at - timedelta(days=1),
        expires_at=answered_at + timedelta(days=13),
        asks_nps=True,
        stars=stars,
        nps=nps,
        answered_at=answered_at,
    )


def cells(paper):
    book = load_workbook(io.BytesIO(bytes(paper.content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_the_sheet_has_every_figure_of_the_company_and_each_branch(company):
    found = library.sheet(**JANUARY, branch_id=None)

    assert found.columns == ["Company", "North", "South"]
    assert [line.figure.key for line in found.lines] == list(definitions.FIGURES)
    for line in found.lines:
        for branch, value in zip([None, *[one.pk for one in company]], line.values, strict=True):
            scope = Scope(branch_id=branch)
            assert definitions.value(line.figure.key, **JANUARY, scope=scope) == value


def test_branches_add_up_to_the_company_but_for_ratios(company):
    for line in library.sheet(**JANUARY, branch_id=None).lines:
        is_sum = line.figure.unit in (defining.MONEY, defining.COUNT)
        if is_sum and line.figure.key not in NOT_ADDED:
            whole, *parts = line.values
            assert (line.figure.key, sum(parts)) == (line.figure.key, whole)


def test_what_customers_say_counts_by_the_day_and_the_branch(company):
    CategoryFactory(code="connection")
    answered = moment(date(2026, 1, 20))
    for stars, nps in zip((5, 4, 4, 3, 1), (10, 9, 9, 8, 3), strict=True):
        survey(branch=company[0], stars=stars, nps=nps, answered_at=answered)
    survey(branch=company[0], stars=1, nps=0, answered_at=moment(date(2026, 2, 3)))

    said = {line.figure.key: line.values for line in library.sheet(**JANUARY, branch_id=None).lines}

    assert said["csat"] == [Decimal("60.0"), Decimal("60.0"), None]
    assert said["nps"] == [40, 40, None]
    assert said["promises"] == [None, None, None]


def test_a_manager_has_the_own_branch_alone(company):
    found = library.sheet(**JANUARY, branch_id=company[1].pk)

    assert found.columns == ["South"]


@pytest.mark.parametrize(
    ("every", "on", "days"),
    [
        ("MONTH", date(2026, 3, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        ("MONTH", date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        ("WEEK", date(2026, 2, 2), (date(2026, 1, 26), date(2026, 2, 1))),
        ("WEEK", date(2026, 2, 8), (date(2026, 1, 26), date(2026, 2, 1))),
    ],
)
def test_the_period_that_was_over_last(every, on, days):
    assert last_over(every, on) == days


def test_a_report_is_sent_once_a_person_and_period(owner, company):
    planned(owner, [owner], report="billed")

    days = (FIRST, FIRST, moment(date(2026, 2, 9)))
    assert [schedules.send_due(at=at) for at in days] == [1, 0, 0]

    paper = SentReport.objects.get()
    assert (paper.since, paper.until) == (JANUARY["since"], JANUARY["until"])
    assert cells(paper)[1][-1] == 500
    letter = Message.objects.get(event="report_ready")
    assert letter.recipient == "owner@mail.test"
    assert reverse("staff_reports:sent", args=[paper.pk]) in letter.context["report_url"]


def test_it_stays_as_it_was_sent(owner, company):
    planned(owner, [owner], report="billed")
    schedules.send_due(at=FIRST)
    before = cells(SentReport.objects.get())

    bill(CustomerFactory(), "90.00", on=date(2026, 1, 30))
    built(date(2026, 2, 2))
    schedules.send_due(at=moment(date(2026, 2, 3)))

    assert cells(SentReport.objects.get()) == before


def test_it_waits_until_the_figures_are_built(owner, company):
    planned(owner, [owner], every="WEEK")

    early = schedules.send_due(at=moment(date(2026, 2, 9)))
    built(date(2026, 2, 8))
    late = schedules.send_due(at=moment(date(2026, 2, 10)))

    assert (early, late) == (0, 1)


def test_a_period_over_before_it_was_asked_for_is_not_sent(owner, company):
    schedules.plan(report="left", every="MONTH", branch=None, people=[owner], act=Act(owner, FIRST))

    assert schedules.send_due(at=FIRST) == 0


def test_each_gets_what_they_may_see_on_that_day(owner, company):
    north, south = company
    manager = UserFactory(role="BRANCH_MANAGER", branch=north, email="m@mail.test")
    leaves = UserFactory(role="BILLING", email="b@mail.test")
    planned(owner, [owner, manager, leaves], report="figures")
    planned(owner, [manager], report="billed", branch=south)
    User.objects.filter(pk=leaves.pk).update(is_active=False)

    assert schedules.send_due(at=FIRST) == 2

    papers = {paper.person_id: cells(paper)[0] for paper in SentReport.objects.all()}
    assert papers[owner.pk][1:4] == ["Company", "North", "South"]
    assert papers[manager.pk][1:-1] == ["North"]


def test_who_sees_no_reports_is_not_told(owner):
    cashier = UserFactory(role="CASHIER", email="c@mail.test")

    with pytest.raises(NobodyToTell):
        planned(owner, [cashier])


def test_one_that_was_ended_is_sent_no_more(owner, company):
    made = planned(owner, [owner])
    schedules.end(schedule=made, act=Act(owner, PLANNED))
    schedules.end(schedule=made, act=Act(owner, PLANNED))

    assert schedules.send_due(at=FIRST) == 0
    assert AuditEvent.objects.filter(action="report.stopped").count() == 1


def test_the_pages(client, owner, company):
    client.force_login(owner)
    library_url = reverse("staff_reports:library")

    asked = {"report": "billed", "every": "MONTH", "people": [owner.pk]}
    client.post(reverse("staff_reports:schedule"), asked)
    made = ReportSchedule.objects.get()
    made.begins_on = date(2026, 1, 1)
    made.save()
    schedules.send_due(at=FIRST)
    page = client.get(library_url).content.decode()
    paper = SentReport.objects.get()
    taken = client.get(reverse("staff_reports:sent", args=[paper.pk]))
    client.post(reverse("staff_reports:end-schedule", args=[made.pk]))

    assert "Sent to you" in page
    assert taken.content[:2] == b"PK"
    assert AuditEvent.objects.filter(action="report.opened").exists()
    assert "Nothing is sent regularly" in client.get(library_url).content.decode()


def test_a_paper_is_opened_by_its_reader_alone(client, owner, company):
    planned(owner, [owner])
    schedules.send_due(at=FIRST)
    client.force_login(UserFactory(role="OWNER"))

    answer = client.get(reverse("staff_reports:sent", args=[SentReport.objects.get().pk]))

    assert answer.status_code == 404


def test_the_figures_page_and_its_file(client, owner, company):
    client.force_login(owner)
    url = reverse("staff_reports:figures")
    days = {"period": "own", "since": "2026-01-01", "until": "2026-01-31"}

    page = client.get(url, days).content.decode()
    file = b"".join(client.get(url, days | {"as": "csv"}).streaming_content).decode()

    assert "North" in page
    assert "Recurring revenue a month,2000.00,1000.00,1000.00" in file


def test_before_any_figures_the_page_says_so(client, owner):
    client.force_login(owner)

    assert "No figures yet" in client.get(reverse("staff_reports:figures")).content.decode()
