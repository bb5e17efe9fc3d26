"""A month that was complete says something else: it is noted, with why."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.reports.models import FigureRestatement
from ispbill.reports.services.figures import build
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.payments import paid
from tests.reports.conftest import bill, built, moment, serve
from tests.reports.test_figures_by_hand import change

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
JANUARY = date(2026, 1, 1)
URL = reverse("staff_reports:restated")


@pytest.fixture
def told():
    """A January that is complete, looked at on 5 February."""
    chart()
    service = serve("1000.00", since=date(2025, 12, 1))
    bill(service.customer, "1000.00", on=date(2026, 1, 2), due=date(2026, 1, 10))
    paid(service.customer, "400.00", at=moment(date(2026, 1, 12)))
    built(date(2026, 2, 4))
    return service


def noted():
    found = FigureRestatement.objects.order_by("figure")
    return {(one.month, one.figure): (one.before, one.after, one.cause) for one in found}


def test_nothing_is_noted_while_nothing_changes(told):
    built(date(2026, 2, 5))
    build(until=date(2026, 2, 5), at=moment(date(2026, 2, 6)), since=date(2025, 12, 1))

    assert noted() == {}


def test_a_bill_of_a_complete_month_that_is_booked_late(told):
    entry = bill(told.customer, "300.00", on=date(2026, 1, 20), due=date(2026, 1, 31))
    built(date(2026, 2, 5))

    late = FigureRestatement.Cause.LATE_BOOKING
    assert noted() == {
        (JANUARY, "billed"): (D("1000.00"), D("1300.00"), late),
        (JANUARY, "due"): (D("1000.00"), D("1300.00"), late),
        (JANUARY, "owed"): (D("600.00"), D("900.00"), late),
    }
    found = FigureRestatement.objects.first()
    assert (found.entry.source_id, found.branch_id) == (entry.pk, told.customer.branch_id)
    built(date(2026, 2, 6))  # the next night tells nothing twice
    assert FigureRestatement.objects.count() == 3


def test_a_price_changed_for_days_gone_by(told):
    change(told, on=date(2026, 1, 15), price_amount=D("700.00"))
    built(date(2026, 2, 5))

    assert noted()[JANUARY, "mrr"] == (D("1000.00"), D("700.00"), "SERVICE_CHANGED")


def test_the_running_month_is_never_restated(told):
    paid(told.customer, "100.00", at=moment(date(2026, 2, 3)))
    built(date(2026, 2, 5))

    assert noted() == {}


def test_the_database_refuses_what_changes_nothing(told):
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureRestatement.objects.create(
            month=JANUARY,
            figure="billed",
            before=1,
            after=1,
            cause="BUILT_ANEW",
            noted_at=moment(JANUARY),
        )


def test_the_page_tells_before_and_now_and_the_report_points_to_it(client, told):
    client.force_login(UserFactory())
    assert "Nothing was restated" in client.get(URL).content.decode()
    bill(told.customer, "300.00", on=date(2026, 1, 20), due=date(2026, 1, 31))
    built(date(2026, 2, 5))

    page = client.get(URL).content.decode()
    report = client.get(reverse("staff_reports:revenue")).content.decode()

    assert "1,000.00" in page
    assert "1,300.00" in page
    assert "Booked late, for 20 Jan 2026" in page
    assert "3 figures of these months were restated" in report
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))
    assert "Nothing was restated" in client.get(URL).content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(
    client, told, django_assert_max_num_queries
):
    client.force_login(UserFactory())
    made = {
        "month": JANUARY,
        "branch_id": told.customer.branch_id,
        "cause": "BUILT_ANEW",
        "noted_at": moment(date(2026, 2, 5)),
        "before": 1,
    }
    FigureRestatement.objects.create(figure="billed", after=2, **made)
    client.get(URL)
    with django_assert_max_num_queries(60) as one:
        client.get(URL)
    for figure in ("owed", "mrr"):
        FigureRestatement.objects.create(figure=figure, after=2, **made)
    with django_assert_max_num_queries(60) as three:
        client.get(URL)
    assert len(three) == len(one)
