"""What a router is told so that who is cut off can pay, and reaches nothing else."""

import pytest
from django.urls import reverse

from ispbill.core import clock
from payments.online.rules import walled_garden as rules
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.network import RouterFactory

pytestmark = pytest.mark.django_db


def test_our_host_comes_first_and_each_once():
    found = rules.hosts(
        public_url="https://isp.example",
        accounts=[
            ("SSLCOMMERZ", "https://securepay.sslcommerz.com"),
            ("BKASH", "https://tokenized.pay.bka.sh/v1"),
            ("BKASH", "not an address"),
        ],
    )

    assert found == [
        "isp.example",
        "securepay.sslcommerz.com",
        "seamless-epay.sslcommerz.com",
        "tokenized.pay.bka.sh",
    ]


def test_what_is_let_through_comes_before_what_is_dropped():
    script = rules.script(["isp.example"], public_host="isp.example")

    accepted = [number for number, line in enumerate(script) if "action=accept" in line]
    dropped = [number for number, line in enumerate(script) if "action=drop" in line]
    assert max(accepted) < min(dropped)
    assert script[0] == (
        '/ip firewall address-list add list=ispbill-open address=isp.example comment="ispbill"'
    )
    assert all("src-address-list=ispbill-suspended" in line for line in script[1:])


@pytest.mark.parametrize(
    ("mode", "said"),
    [("PROFILE", "dials in with the profile"), ("DISABLE", "nobody can pay over it")],
)
def test_the_page_says_what_the_router_does(client, mode, said):
    router = RouterFactory(suspend_mode=mode)
    gateway_account(at=clock.now(), provider="NAGAD", base_url="https://api.mynagad.com")
    client.force_login(UserFactory(role="NOC"))

    page = client.get(reverse("staff_payments:walled-garden", args=[router.pk])).content.decode()

    assert said in page
    assert "address=api.mynagad.com" in page


def test_a_manager_sees_no_other_branchs_router(client):
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    other = RouterFactory()

    answer = client.get(reverse("staff_payments:walled-garden", args=[other.pk]))

    assert answer.status_code == 404
