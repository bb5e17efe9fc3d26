"""/sim/gateway/: the simulated gateways' hosted checkout and what lies behind it."""

import re

import pytest
from django.urls import reverse

from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from tests.devtools.sandbox.gateways.merchant import Merchant, call
from tests.devtools.sandbox.gateways.shops import BkashShop, SslCommerzShop

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    sandbox = serve(tmp_path, "http://testserver/sim/gateway/")
    yield sandbox
    sandbox.close()


@pytest.fixture
def merchant():
    merchant = Merchant()
    yield merchant
    merchant.close()


@pytest.fixture
def desk(sandbox, tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def page(sandbox, merchant):
    """The hosted page of a checkout of 1,150."""
    opened = SslCommerzShop(sandbox.addresses["sslcommerz"], merchant.url).open()
    return opened["GatewayPageURL"].removeprefix("http://testserver")


def test_the_hosted_page_offers_every_end_in_the_order_promised(client, page):
    shown = client.get(page).content.decode()

    labels = re.findall(r'name="button" value="\w+">([^<]+)</button>', shown)
    promised = [
        "Success", "Success, browser closed (IPN only)", "Success, IPN delayed 60 s",
        "Fail: insufficient balance", "Cancel", "Wrong amount", "Risk flag",
    ]  # fmt: skip
    assert [label for label in labels if label in promised] == promised
    assert "BDT 1150.00" in shown


def test_success_leaves_by_a_form_to_the_merchant_that_needs_no_script(client, page, merchant):
    response = client.post(f"{page}press/", {"button": "success", "way": "nagad"})

    body = response.content.decode()
    assert f'<form method="post" action="{merchant.url}/success" data-leaving>' in body
    assert 'name="card_type" value="NAGAD-Nagad"' in body
    assert 'name="verify_sign_sha2"' in body
    assert "csrfmiddlewaretoken" not in body.split("data-leaving")[1].split("</form>")[0]
    assert merchant.url in response["Content-Security-Policy"].split("form-action")[1].split(";")[0]
    assert merchant.wait(1)[0][0] == "/ipn"


def test_a_closed_browser_stays_and_a_button_pressed_too_late_says_so(client, page, merchant):
    stayed = client.post(f"{page}press/", {"button": "ipn_only"}, follow=True)
    assert "The browser stays here." in stayed.content.decode()
    assert merchant.wait(1)[0][1]["status"] == "VALID"

    again = client.post(f"{page}press/", {"button": "success"}, follow=True)
    assert "This button does not work now." in again.content.decode()


def test_a_wallet_sends_the_customer_back_by_get(client, sandbox, desk):
    shop = BkashShop(sandbox.addresses["bkash"], "http://isp.test")
    shop.grant()
    key = shop.create()["paymentID"]

    response = client.post(reverse("sim:gateway-press", args=[key]), {"button": "cancel"})

    assert response.status_code == 302
    assert response["Location"].startswith(
        f"http://isp.test/back?a=1&paymentID={key}&status=cancel"
    )


def test_the_inside_shows_tries_and_callbacks_and_forges_more(client, page, merchant, desk):
    client.post(f"{page}press/", {"button": "silent"})

    response = client.post(
        f"{page}forge/", {"fields": "amount=1.00\nstatus=FAILED", "times": "3"}, follow=True
    )

    body = response.content.decode()
    assert "Sent 3 times; the answer was 200." in body
    assert body.count('data-callback="FAILED"') == 3
    assert body.count('data-charge="VALID"') == 1
    assert [fields["amount"] for _, fields in merchant.wait(3)] == ["1.00"] * 3
    fragment = client.get(f"{page}inside/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.count('data-callback="FAILED"') == 3


def test_the_list_shows_every_checkout_and_takes_faults_and_switches(client, page, desk):
    listed = client.get(reverse("sim:gateways")).content.decode()
    assert f'data-session="{desk.newest()}"' in listed
    none = client.get(reverse("sim:gateways"), {"gateway": "nagad"}).content.decode()
    assert "data-session=" not in none

    act = reverse("sim:gateways-act")
    fault = {"act": "fault", "what": "bkash:execute", "kind": "timeout", "times": "2"}
    assert client.post(act, fault | {"seconds": "-1"}).status_code == 422
    client.post(act, fault | {"seconds": "3"})
    assert [(one["gateway"], one["operation"], one["kind"]) for one in desk.faults()] == [
        ("bkash", "execute", "timeout")
    ]
    switches = {"act": "switches", "limits_grants": "on", "says_2079": "on", "token_seconds": "60",
                "refund_seconds": "5", "clock_window_seconds": "9"}  # fmt: skip
    client.post(act, switches)
    assert desk.switches() == {
        "limits_grants": True,
        "says_2079": True,
        "token_seconds": 60,
        "refund_seconds": 5,
        "clock_window_seconds": 9,
    }
    client.post(act, {"act": "clear-faults"})
    assert desk.faults() == []
    client.post(act, {"act": "clear"})
    assert desk.sessions() == []
    assert client.post(act, {"act": "other"}).status_code == 400


def test_without_simulators_the_pages_do_not_exist(client, settings, page):
    settings.SIMULATORS = False

    assert client.get(page).status_code == 404
    assert client.get(reverse("sim:gateways")).status_code == 404
    assert client.post(f"{page}press/", {"button": "success"}).status_code == 404


def test_a_stopped_simulator_says_how_to_start_it(client, settings, page, tmp_path):
    settings.SANDBOX_DIR = tmp_path / "elsewhere"

    for address in (page, reverse("sim:gateways"), f"{page}inside/"):
        assert "python3 manage.py sandbox" in client.get(address).content.decode()
    assert client.post(reverse("sim:gateways-act"), {"act": "clear"}).status_code == 302


def test_an_unknown_checkout_is_not_found(client, sandbox):
    assert client.get(reverse("sim:gateway-checkout", args=["x"])).status_code == 404


def test_the_gateway_itself_answers_at_the_address_customers_see(sandbox, page):
    key = page.rstrip("/").rsplit("/", 1)[1]
    assert call(f"{sandbox.addresses['sslcommerz']['base_url']}/page/{key}/")[0] == 200
