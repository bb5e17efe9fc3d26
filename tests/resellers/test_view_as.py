"""Staff see the portal as a reseller does: noted with a reason, for a while, and to look only."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ispbill.accounts import viewing
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from resellers.models import WalletRenewal
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import prepaid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def reseller():
    clock.set_simulated(AT)
    return ResellerFactory(kind="PREPAID", name="Padma Net")


@pytest.fixture
def billing(client):
    user = UserFactory(role="BILLING")
    client.force_login(user)
    return user


def start(client, reseller, reason="the partner calls about a price"):
    address = reverse("staff_resellers:view-as", args=[reseller.number])
    return client.post(address, {"reason": reason})


def test_who_looks_sees_the_partners_pages_and_the_trail_says_why(client, billing, reseller):
    CustomerFactory(reseller_id=reseller.pk, name="Amina Begum")
    CustomerFactory(name="Somebody Else")

    answer = start(client, reseller)
    page = client.get(reverse("reseller:customers")).content.decode()

    assert answer.headers["Location"] == reverse("reseller:dashboard")
    assert "Amina Begum" in page
    assert "Somebody Else" not in page
    assert "can change nothing here" in page
    event = AuditEvent.objects.get(action="reseller.viewed_as")
    assert (event.actor_id, event.reason) == (billing.pk, "the partner calls about a price")


def test_without_having_asked_the_portal_stays_shut_to_staff(client, billing, reseller):
    answer = client.get(reverse("reseller:dashboard"))

    assert answer.status_code == 302
    assert reverse("accounts:reseller-login") in answer.headers["Location"]


def test_nothing_is_changed_and_nothing_taken_along(client, billing, reseller):
    service = prepaid(
        CustomerFactory(reseller_id=reseller.pk), until=AT.date() + timedelta(days=5), line=True
    )
    start(client, reseller)
    address = reverse("reseller:renewal", args=[service.customer.number, service.line_no])

    refused = client.post(address, {"is_on": "1"})

    assert refused.status_code == 403
    assert "You are only looking" in refused.content.decode()
    assert not WalletRenewal.objects.exists()
    assert client.get(reverse("reseller:export")).status_code == 403
    assert client.get(reverse("reseller:collect")).status_code == 403


def test_a_page_that_asks_again_is_still_the_staffs_own(client, billing, reseller):
    """The script of the page names who is signed in, not whom they look as."""
    start(client, reseller)
    page = client.get(reverse("reseller:dashboard")).content.decode()

    assert f'"x-page-user": "{billing.pk}"' in page
    asked = client.get(
        reverse("reseller:live"), {"topics": "customer"}, headers={"X-Page-User": str(billing.pk)}
    )
    assert "HX-Refresh" not in asked.headers


def test_it_is_over_after_half_an_hour_and_when_one_goes_back(client, billing, reseller):
    start(client, reseller)
    session = client.session
    session["viewing"]["until"] -= viewing.LONGEST.total_seconds()
    session.save()
    assert client.get(reverse("reseller:dashboard")).status_code == 302

    start(client, reseller)
    assert client.get(reverse("reseller:dashboard")).status_code == 200
    client.post(reverse("staff_resellers:end-view-as"))
    assert client.get(reverse("reseller:dashboard")).status_code == 302


def test_it_takes_a_reason_the_right_and_a_reseller_of_the_own_branch(client, reseller):
    client.force_login(UserFactory(role="BILLING"))
    assert start(client, reseller, reason="").status_code == 422
    client.force_login(UserFactory(role="SALES"))
    assert start(client, reseller).status_code == 403
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    assert start(client, reseller).status_code == 404


def test_who_lost_the_right_sees_nothing_any_more(client, billing, reseller):
    start(client, reseller)
    billing.role = "SALES"
    billing.save()

    assert client.get(reverse("reseller:dashboard")).status_code == 302
