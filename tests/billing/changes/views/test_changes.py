"""Pages of package changes: staff, customer and reseller, each seeing only their own."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from billing.pricing.models import PackageChange
from billing.receivables.services.admission import Asked
from customers.models import Customer, CustomerLogin
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.changes import asked, billed_service, priced_package
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service():
    service = billed_service("1000.00", package=priced_package("1000.00", name="Home 30"))
    AccessFactory(subscription=service)
    return service


@pytest.fixture
def better():
    return priced_package("1500.00", name="Home 50", download_mbps=50, upload_mbps=50)


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return user


def address(service):
    return f"/admin/customers/{service.customer.number}/services/{service.line_no}/package/"


def login_of(customer, client):
    user = UserFactory(role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=customer)
    client.force_login(user)
    return user


def reseller_of(customer, client):
    user = UserFactory(role=User.Role.RESELLER)
    reseller = Reseller.objects.create(
        user=user,
        name="Sub-dealer",
        phone="+8801911000001",
        branch=customer.branch,
        commission_rate=Decimal("0.1"),
    )
    Customer.objects.filter(pk=customer.pk).update(reseller_id=reseller.pk)
    client.force_login(user)
    return user


def test_staff_see_the_amounts_then_change_at_once(client, owner, service, better):
    shown = client.get(address(service), {"package": better.pk, "effective": "NOW"})
    assert "482.25" in shown.content.decode()
    fingerprint = shown.context["fingerprint"]

    response = client.post(
        address(service),
        {"package": better.pk, "effective": "NOW", "fingerprint": fingerprint, "action": "change"},
    )

    assert response.status_code == 302
    change = PackageChange.objects.get()
    assert (change.status, change.decided_by, change.total_amount) == (
        "APPLIED",
        owner,
        Decimal("482.25"),
    )


def test_amounts_nobody_has_seen_are_shown_and_not_charged(client, owner, service, better):
    response = client.post(
        address(service), {"package": better.pk, "effective": "NOW", "action": "change"}, **HX
    )

    assert response.status_code == 422
    assert "482.25" in response.content.decode()
    assert not PackageChange.objects.exists()


def test_the_queue_is_decided_with_the_amounts_in_view(client, owner, service, better):
    change = asked(service, better, on=NOW.date(), at=NOW)
    queue = client.get("/admin/package-changes/")
    assert "Home 50" in queue.content.decode()

    page = client.get(f"/admin/package-changes/{change.pk}/approve/", **HX)
    response = client.post(
        f"/admin/package-changes/{change.pk}/approve/",
        {"fingerprint": page.context["form"].initial["fingerprint"], "note": ""},
        **HX,
    )

    assert response.status_code == 204
    assert PackageChange.objects.get().status == "APPLIED"


def test_who_approves_days_later_is_told_from_when_it_is_billed(client, owner, service, better):
    change = asked(service, better, on=NOW.date(), at=NOW)
    page = f"/admin/package-changes/{change.pk}/approve/"
    assert "is billed from that day" not in client.get(page, **HX).content.decode()

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        days_later = Client()
        days_later.force_login(owner)
        assert "is billed from that day" in days_later.get(page, **HX).content.decode()


def test_a_stale_request_shows_the_new_amounts_and_asks_again(client, owner, service, better):
    change = asked(service, better, on=NOW.date(), at=NOW)
    Customer.objects.update(is_tax_exempt=True)

    response = client.post(
        f"/admin/package-changes/{change.pk}/approve/",
        {"fingerprint": change.fingerprint, "note": ""},
        **HX,
    )

    assert response.status_code == 422
    assert "Something has changed" in response.content.decode()
    again = client.post(
        f"/admin/package-changes/{change.pk}/approve/",
        {"fingerprint": response.context["form"].initial["fingerprint"], "note": ""},
        **HX,
    )
    assert (again.status_code, PackageChange.objects.get().status) == (204, "APPLIED")


def test_rejecting_needs_words(client, owner, service, better):
    change = asked(service, better, on=NOW.date(), at=NOW)
    url = f"/admin/package-changes/{change.pk}/reject/"

    assert client.post(url, {"note": "no"}, **HX).status_code == 422
    assert client.post(url, {"note": "no fibre in that house"}, **HX).status_code == 204
    assert PackageChange.objects.get().status == "REJECTED"


def test_a_customer_sees_the_packages_to_choose_from(client, paid, better):
    login_of(paid.customer, client)

    assert "Change package" in client.get("/portal/package/").content.decode()
    page = client.get(f"/portal/package/{paid.customer.number}/{paid.line_no}/")

    assert [row["offer"].package.name for row in page.context["offers"]] == ["Home 50"]


def test_the_asker_pays_first(client, service, better):
    login_of(service.customer, client)
    base = f"/portal/package/{service.customer.number}/{service.line_no}/"

    page = client.get(f"{base}{better.pk}/")

    assert "overdue" in page.content.decode()
    assert client.post(f"{base}{better.pk}/", {"effective": "NOW"}).status_code == 422
    assert not PackageChange.objects.exists()


@pytest.fixture
def paid(service):
    from billing.receivables.services import settlement

    settlement.settle(
        Asked(
            customer_id=service.customer.pk,
            amount=Decimal("1150.00"),
            method="CASH",
            received_by=None,
            received_at=NOW,
            key="paid",
            act=Act(None, NOW),
        )
    )
    return service


@pytest.mark.parametrize(
    ("door", "sign_in", "origin"),
    [
        ("/portal/package/{0}/{1}/", login_of, "PORTAL"),
        ("/reseller-portal/customers/{0}/services/{1}/package/", reseller_of, "RESELLER"),
    ],
)
def test_asking_through_a_portal(client, paid, better, door, sign_in, origin):
    user = sign_in(paid.customer, client)
    base = door.format(paid.customer.number, paid.line_no)
    page = client.get(f"{base}{better.pk}/")
    assert "482.25" in page.content.decode()
    assert "The new price counts from" in page.content.decode()
    later = client.get(f"{base}{better.pk}/", {"effective": "PERIOD_END"}).content.decode()
    assert "The new price counts from" not in later

    response = client.post(
        f"{base}{better.pk}/", {"effective": "NOW", "fingerprint": page.context["fingerprint"]}
    )

    assert response.status_code == 302, response.context["refusal"]
    change = PackageChange.objects.get()
    assert (change.status, change.origin, change.requested_by) == ("REQUESTED", origin, user)
    assert "The new price counts from" in client.get(response["Location"]).content.decode()
    assert client.post(f"{response['Location']}answer/", {"action": "withdraw"}).status_code == 302
    assert PackageChange.objects.get().status == "CANCELLED"


def test_nobody_sees_somebody_elses_request(client, paid, better):
    change = asked(paid, better, on=NOW.date(), at=NOW, origin="PORTAL")
    stranger = billed_service("1000.00", package=paid.package)
    login_of(stranger.customer, client)

    assert client.get(f"/portal/package/requests/{change.pk}/").status_code == 404
    assert client.post(f"/portal/package/requests/{change.pk}/answer/").status_code == 404
    url = f"/portal/package/{paid.customer.number}/{paid.line_no}/"
    assert client.get(url).status_code == 404
    assert "Home 50" not in client.get("/portal/package/").content.decode()


def test_a_customer_confirms_new_amounts(client, paid, better):
    change = asked(paid, better, on=NOW.date(), at=NOW, origin="PORTAL")
    Customer.objects.update(is_tax_exempt=True)
    from billing.changes.services import package_changes

    package_changes.recalculate(change=change, act=Act(None, NOW, on=NOW.date()))
    login_of(paid.customer, client)
    url = f"/portal/package/requests/{change.pk}/"
    page = client.get(url)
    assert "say yes again" in page.content.decode()

    client.post(
        f"{url}answer/", {"action": "confirm", "fingerprint": page.context["change"].fingerprint}
    )

    assert PackageChange.objects.get().status == "REQUESTED"


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_database_as_often_for_three_as_for_one(
    client, owner, better, count, django_assert_max_num_queries
):
    for _number in range(count):
        asked(billed_service("1000.00"), better, on=NOW.date(), at=NOW)
    client.get("/admin/package-changes/")

    with django_assert_max_num_queries(12):
        client.get("/admin/package-changes/")


WHY = {"reason_code": "OTHER", "reason": "asked for on the phone"}


def test_a_pause_is_planned_and_dropped_from_the_panel(client, owner, service):
    base = f"/admin/customers/{service.customer.number}/services/{service.line_no}"
    response = client.post(
        f"{base}/suspend/",
        {**WHY, "kind": "CUSTOMER_REQUEST", "start": "2026-01-20", "until": "2026-01-25"},
        **HX,
    )
    assert response.status_code == 204
    panel = client.get(f"/admin/customers/{service.customer.number}/billing/panel/", **HX)
    move = panel.context["planned"].get()

    client.post(f"/admin/planned/{move.pk}/withdraw/", WHY, **HX)

    move.refresh_from_db()
    assert move.status == "WITHDRAWN"


def test_the_end_is_shown_before_it_comes(client, owner, service):
    base = f"/admin/customers/{service.customer.number}/services/{service.line_no}"

    page = client.get(f"{base}/cancel/")

    assert page.context["bill_total"] == Decimal("-964.52")
    assert "INV-2026-00001" in page.content.decode()
    planned = client.post(f"{base}/cancel/", {**WHY, "on": "2026-02-01"}, **HX)
    assert planned.status_code == 204


def test_another_billing_day_shows_the_bills_then_sets_them(client, owner, service):
    url = f"/admin/customers/{service.customer.number}/services/{service.line_no}/billing-terms/"
    shown = client.get(url, {"cycle": "MONTHLY", "billing_day": "25"})
    assert shown.context["bill"][0]["net"] == Decimal("645.16")

    response = client.post(
        url,
        {
            **WHY,
            "reason_code": "OTHER",
            "cycle": "MONTHLY",
            "billing_day": "25",
            "fingerprint": shown.context["fingerprint"],
        },
        **HX,
    )

    assert response.status_code == 204
    service.refresh_from_db()
    assert service.billing_day == 25
