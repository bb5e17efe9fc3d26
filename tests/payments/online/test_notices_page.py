"""What was not believed is listed for staff, with what was sent and why, apart from secrets."""

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from payments.online.models import GatewayCallback
from tests.factories.accounts import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = reverse("staff_payments:checkouts") + "?state=NOTICE"


@pytest.fixture
def office(shop):
    shop.client.force_login(UserFactory(role=User.Role.BILLING))
    return shop.client


def listed(client, more=""):
    return [row for row, _fields in client.get(ADDRESS + more).context["notices"]]


def test_a_notice_about_no_payment_of_ours_is_listed_without_its_secrets(shop, office):
    shop.notify({"tran_id": "NOBODYS", "status": "VALID", "store_passwd": "hush-hush"})

    page = office.get(ADDRESS).content.decode()

    assert [one.order for one in listed(office)] == ["NOBODYS"]
    assert ("Names no payment of ours" in page, "VALID" in page, "hush-hush" in page) == (
        True,
        True,
        False,
    )


def test_a_forged_notice_is_listed_with_the_reason_and_leads_to_its_payment(shop, office):
    attempt = shop.start()
    shop.notify({"tran_id": attempt.order, "status": "VALID", "verify_sign": "ab" * 16})

    page = office.get(ADDRESS).content.decode()

    assert [one.attempt for one in listed(office)] == [attempt]
    assert "Not signed by the gateway" in page
    assert "ab" * 16 not in page
    assert reverse("staff_payments:checkout", args=[attempt.order]) in page


def test_a_signed_notice_the_gateway_knows_nothing_of_is_listed(shop, office):
    attempt = shop.start()
    shop.press(attempt, "success")
    answer = {"status": "INVALID_TRANSACTION"}
    shop.desk.fault("sslcommerz", "override", fields=answer, times=1)
    shop.notify(shop.notices(attempt)[0])

    assert [one.attempt for one in listed(office)] == [attempt]


def test_a_believed_notice_is_not_listed(shop, office):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert listed(office) == []
    assert GatewayCallback.objects.get().state == "DONE"


def test_notices_are_found_by_order_and_by_address(shop, office):
    for order in ("FIRST", "SECOND"):
        shop.notify({"tran_id": order, "status": "VALID"})

    assert [one.order for one in listed(office, "&q=FIRST")] == ["FIRST"]
    assert len(listed(office, "&q=127.0.0.1")) == 2
    assert listed(office, "&q=10.0.0.1") == []


def test_who_sees_one_branch_sees_no_notice_of_nobodys(shop):
    shop.notify({"tran_id": "NOBODYS", "status": "VALID"})
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    shop.client.force_login(manager)

    assert listed(shop.client) == []
