"""The settings page of payment gateways."""

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.devtools.sandbox.gateways.server import serve
from payments.online.models import GatewayAccount
from payments.online.services import accounts
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

WHY = {"reason": "told so on the phone"}


@pytest.fixture
def sandbox(tmp_path):
    sandbox = serve(tmp_path)
    yield sandbox
    sandbox.close()


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def typed(sandbox):
    place = sandbox.addresses["nagad"]
    return {
        "name": "Nagad",
        "place": "other",
        "address": place["base_url"],
        "fee_percent": "1.5",
        "position": "2",
        "credential_merchant_id": place["merchant_id"],
        "credential_private_key": place["merchant_private_key"],
        "credential_public_key": place["nagad_public_key"],
    }


def address(name, *args):
    return reverse(f"staff_payments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_gateway_is_added_tested_and_switched_on(client, owner, typed):
    assert "Customers cannot pay online" in text_of(client.get(address("gateways")))
    response = client.post(address("add-gateway", "nagad"), typed)
    assert response.status_code == 302
    account = GatewayAccount.objects.get()
    assert (account.slug, account.is_live, str(account.fee_rate)) == ("nagad", False, "0.015000")

    tested = client.post(address("test-gateway", "nagad"))
    assert text_of(tested).count('data-step="passed"') == 3
    assert "No money moved" in text_of(tested)
    client.post(address("switch-gateway", "nagad"), WHY)

    account.refresh_from_db()
    assert account.is_enabled
    listed = text_of(client.get(address("gateways")))
    assert "Offered" in listed
    assert "Passed" in listed


def test_secrets_are_never_shown_again_and_empty_keeps_them(client, owner, typed):
    client.post(address("add-gateway", "nagad"), typed)
    before = accounts.credentials_of(GatewayAccount.objects.get())

    form = client.get(address("edit-gateway", "nagad")).content.decode()
    assert "PRIVATE KEY" not in form
    assert typed["credential_merchant_id"] in form
    changed = typed | {"name": "Nagad wallet", "credential_private_key": "", **WHY}
    assert client.post(address("edit-gateway", "nagad"), changed).status_code == 302

    account = GatewayAccount.objects.get()
    assert account.name == "Nagad wallet"
    assert accounts.credentials_of(account) == before


def test_what_was_just_typed_is_not_sent_back_either(client, owner, typed):
    refused = client.post(address("add-gateway", "nagad"), typed | {"name": ""})

    assert refused.status_code == 422
    assert "PRIVATE KEY" not in refused.content.decode()
    refused = client.post(
        address("add-gateway", "bkash"),
        {"place": "test", "credential_password": "hush-hush", "credential_username": "shop"},
    )
    assert "hush-hush" not in refused.content.decode()
    assert "shop" in refused.content.decode()


def test_a_wrong_credential_is_said_so_clearly(client, owner, typed):
    client.post(
        address("add-gateway", "nagad"), typed | {"credential_merchant_id": "683000000000001"}
    )

    tested = text_of(client.post(address("test-gateway", "nagad"), headers={"HX-Request": "true"}))

    assert tested.count('data-step="failed"') == 1
    assert "Merchant id or a key is wrong: Nagad says Merchant id is not valid" in tested
    listed = text_of(client.get(address("gateways")))
    assert "Merchant id or a key is wrong" in listed


def test_live_is_the_providers_own_address_and_another_one_has_to_be_typed(client, owner, typed):
    refused = client.post(address("add-gateway", "nagad"), typed | {"address": ""})
    assert "Type the address." in text_of(refused)
    unsafe = client.post(address("add-gateway", "nagad"), typed | {"is_live": "on"})
    assert "only called encrypted" in text_of(unsafe)

    client.post(address("add-gateway", "nagad"), typed | {"place": "live", "address": ""})

    account = GatewayAccount.objects.get()
    assert (account.base_url, account.is_live) == ("https://api.mynagad.com", True)
    shown = client.get(address("edit-gateway", "nagad")).content.decode()
    assert 'value="live"' in shown.split("checked")[0].rsplit("<input", 1)[1]


def test_who_may_only_look_sees_no_buttons(client, sandbox):
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    page = text_of(client.get(address("gateways")))

    assert address("add-gateway", "nagad") not in page
    assert client.get(address("add-gateway", "nagad")).status_code == 403


def test_an_unknown_provider_or_account_is_not_found(client, owner):
    assert client.get(address("add-gateway", "netcash")).status_code == 404
    assert client.get(address("edit-gateway", "none")).status_code == 404
    assert client.post(address("test-gateway", "none")).status_code == 404
