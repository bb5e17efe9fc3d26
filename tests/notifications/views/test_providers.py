"""Accounts with providers: set up, tried, switched, and never shown again."""

import pytest
from django.test import Client
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.notifications.gateways import chosen
from ispbill.notifications.models import MessageProvider
from tests.factories.accounts import UserFactory
from tests.factories.notifications import provider_account
from tests.pages import edit_form

pytestmark = pytest.mark.django_db

REASON = {"reason": "The old contract has ended"}


def url(name, kind="sslwireless"):
    return reverse(f"staff_notifications:{name}", args=[kind])


@pytest.fixture
def owner(client):
    client.force_login(UserFactory(role=User.Role.OWNER, phone="+8801711000001"))
    return client


def typed(providers, kind="SSLWIRELESS"):
    known = providers.accounts[kind]
    return {
        "base_url": known["base_url"],
        **{f"credential_{name}": value for name, value in known.items() if name != "base_url"},
    }


def test_an_account_is_set_up_tried_and_switched_on(owner, providers):
    assert owner.post(url("edit-provider"), typed(providers)).status_code == 302
    account = MessageProvider.objects.get()
    assert not account.is_enabled
    assert providers.accounts["SSLWIRELESS"]["api_token"] not in account.sealed_credentials

    owner.post(url("test-provider"))
    account.refresh_from_db()
    assert account.is_test_passed
    page = owner.get(reverse("staff_notifications:providers")).content.decode()
    assert "4,210.50 BDT" in page
    assert providers.accounts["SSLWIRELESS"]["api_token"] not in page

    assert owner.post(url("send-test"), {"phone": "01711000009"}).status_code == 302
    assert providers.store.newest()[0]["recipient"] == "+8801711000009"

    assert owner.post(url("switch-provider"), REASON).status_code == 302
    assert chosen.for_channel("SMS").name == "sslwireless"
    assert chosen.for_channel("WHATSAPP").name == "sandbox"
    known = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(known) == ["message_provider.added", "message_provider.switched_on"]


def test_a_refused_test_message_says_why(owner, providers):
    owner.post(url("edit-provider"), typed(providers))
    answer = owner.post(url("send-test"), {"phone": "01711000000"})
    assert answer.status_code == 422
    assert "Invalid MSISDN" in answer.content.decode()


def test_only_one_carries_a_channel(owner):
    provider_account(kind="TWILIO")
    provider_account(kind="SSLWIRELESS")
    for kind in ("twilio", "sslwireless"):
        owner.post(url("switch-provider", kind), REASON)
    assert chosen.for_channel("SMS").name == "sslwireless"
    assert MessageProvider.objects.filter(is_enabled=True).count() == 1


def test_secrets_are_kept_when_left_empty_and_typed_again_for_another_host(owner):
    account = provider_account(kind="SSLWIRELESS", api_token="hidden-token", sid="ISP")
    page = owner.get(url("edit-provider"))
    assert b"hidden-token" not in page.content
    form = edit_form(page, "base_url").values
    assert owner.post(url("edit-provider"), {**form, "credential_sid": "NEW"}).status_code == 302
    account.refresh_from_db()
    assert chosen.credentials_of(account) == {"api_token": "hidden-token", "sid": "NEW"}

    form = edit_form(owner.get(url("edit-provider")), "base_url").values
    moved = owner.post(url("edit-provider"), {**form, "base_url": "http://127.0.0.1:4000"})
    assert moved.status_code == 422
    assert "API token is missing." in moved.content.decode()


@pytest.mark.parametrize("address", ["http://10.0.0.5/api", "ftp://x", "https://127.0.0.1/"])
def test_secrets_go_to_no_address_of_our_own(address, owner):
    told = {"base_url": address, "credential_api_token": "t", "credential_sid": "s"}
    assert owner.post(url("edit-provider"), told).status_code == 422
    assert not MessageProvider.objects.exists()


def test_credentials_that_cannot_be_opened_let_messages_wait(owner):
    account = provider_account(kind="SSLWIRELESS")
    MessageProvider.objects.update(is_enabled=True, sealed_credentials="old.key")
    outcome = chosen.for_channel("SMS").send(None)
    assert outcome.is_for_all
    account.refresh_from_db()
    owner.post(url("test-provider"))
    account.refresh_from_db()
    assert account.is_test_passed is False


def test_staff_without_the_capability_see_and_change_nothing():
    provider_account(kind="SSLWIRELESS")
    support = Client()
    support.force_login(UserFactory(role=User.Role.SUPPORT))
    for name in ("edit-provider", "switch-provider", "test-provider", "send-test"):
        assert support.post(url(name), REASON).status_code == 403
    assert not MessageProvider.objects.filter(is_enabled=True).exists()
