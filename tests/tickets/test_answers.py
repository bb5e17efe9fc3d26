"""What customers said counts by the day they said it; shares only from five answers on."""

from datetime import timedelta

import pytest

from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY, CategoryFactory, office_hours, opened
from tickets.models import Survey
from tickets.queries import answers

pytestmark = pytest.mark.django_db
SINCE = SATURDAY


@pytest.fixture(autouse=True)
def _house(db):
    office_hours()
    for code in ("connection", "billing"):
        CategoryFactory(code=code, name=code.title())


def said(stars, nps=None, *, customer=None, asked=0, answered=1, category="connection"):
    """A survey asked and answered so many days after the period began."""
    when = SINCE + timedelta(days=answered - 1)
    ticket = opened(customer or CustomerFactory(), category=category, at=when)
    return Survey.objects.create(
        ticket=ticket,
        customer=ticket.customer,
        asked_at=SINCE + timedelta(days=asked),
        expires_at=SINCE + timedelta(days=asked + 14),
        category=ticket.category,
        area=ticket.customer.area,
        branch=ticket.branch,
        asks_nps=nps is not None,
        stars=stars,
        nps=nps,
        answered_at=None if stars is None else SINCE + timedelta(days=answered),
    )


def found():
    return answers.figures(Survey.objects.all(), since=SINCE)


def test_the_worked_example_of_satisfaction():
    for stars in (5, 4, 4, 3, 1):
        said(stars)

    assert found().csat * 100 == 60


def test_the_worked_example_of_recommending():
    for score in (10, 9, 9, 8, 7, 6, 3):
        said(5, score)

    assert found().nps == 14


def test_of_four_answers_no_share_is_told():
    for _ in range(4):
        said(5, 10)

    assert (found().csat, found().nps, found().answered) == (None, None, 4)


def test_an_answer_counts_on_its_day_and_who_was_asked_on_that_of_the_question():
    said(5, asked=-3, answered=1)  # asked before the period, answered in it
    said(None, asked=1)
    said(4, asked=1)

    figures = found()
    assert (figures.asked, figures.answered, figures.average) == (2, 1, 4.5)


def test_each_customers_last_answer_is_theirs():
    cross = CustomerFactory()
    said(1, 0, customer=cross, answered=1)
    said(5, 10, customer=cross, answered=9)
    for _ in range(4):
        said(5, 10)

    assert found().nps == 100


def test_by_category_and_by_month():
    for _ in range(5):
        said(5, 10)
    said(2, 3, category="billing", answered=40)

    told = Survey.objects.all()
    by = [(one.label, one.answers, one.nps) for one in answers.by(told, "category__name")]
    assert by == [("Connection", 5, 100), ("Billing", 1, None)]
    months = answers.months(told, named=lambda month: f"{month:%Y-%m}")
    assert [one.answers for one in months] == [5, 1]
