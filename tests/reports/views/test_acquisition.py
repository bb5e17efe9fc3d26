"""The page of what winning customers costs: shown, entered, kept within the branch."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.reports.models import AcquisitionCost
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.reports.conftest import built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, ENTER = reverse("staff_reports:acquisition"), reverse("staff_reports:enter-cost")


@pytest.fixture
def joined():
    chart()
    clock.set_simulated(moment(date(2026, 2, 3)))
    customer = serve(since=date(2026, 1, 3)).customer
    built(date(2026, 2, 2))
    return customer


def test_a_cost_is_entered_and_shown(client, joined):
    client.force_login(UserFactory())
    assert client.get(ENTER).status_code == 200

    answer = client.post(
        ENTER,
        {"month": "2026-01-01", "branch": joined.branch_id, "amount": "1,500", "note": "Fair"},
    )

    assert answer.status_code == 302
    assert AcquisitionCost.objects.get().amount == Decimal("1500.00")
    page = client.get(PAGE).content.decode()
    assert "1,500.00" in page
    file = client.get(PAGE, {"as": "csv"})
    assert (
        "1500.00" in b"".join(file.streaming_content if file.streaming else [file.content]).decode()
    )


@pytest.mark.parametrize(
    "wrong", [{"amount": ""}, {"amount": "-5"}, {"month": "2020-01-01"}, {"branch": "0"}]
)
def test_what_makes_no_sense_is_said_beside_its_field(client, joined, wrong):
    client.force_login(UserFactory())
    given = {"month": "2026-01-01", "branch": joined.branch_id, "amount": "5"} | wrong

    answer = client.post(ENTER, given)

    assert answer.status_code == 422
    assert not AcquisitionCost.objects.exists()


def test_before_the_first_night_the_page_says_so(client):
    client.force_login(UserFactory())

    assert "No figures yet" in client.get(PAGE).content.decode()


def test_a_branch_manager_enters_for_the_own_branch_and_an_auditor_reads(client, joined):
    theirs = BranchFactory()
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=theirs))
    given = {"month": "2026-01-01", "branch": joined.branch_id, "amount": "5"}
    assert client.post(ENTER, given).status_code == 422
    assert client.post(ENTER, given | {"branch": theirs.pk}).status_code == 302
    client.force_login(UserFactory(role=User.Role.AUDITOR))
    assert client.get(PAGE).status_code == 200
    assert client.post(ENTER, given).status_code == 403
