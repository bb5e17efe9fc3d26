"""NetCash's service keys: never sent to somebody else, changed with a reason, tried anew."""

import pytest

from ispbill.audit.models import AuditEvent
from payments.online.models import GatewayAccount
from payments.online.services import accounts
from tests.factories.accounts import UserFactory
from tests.payments.debits.test_pages import url

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "1a2b3c4d-0000-4000-8000-00000000000a"
OTHER = "1a2b3c4d-0000-4000-8000-00000000000b"
LIVE = "https://ws.netcash.co.za"
WHY = "the keys were replaced at NetCash"


@pytest.fixture
def saved(client):
    client.force_login(UserFactory(role="OWNER"))
    given = {"base_url": LIVE, "account": KEY, "debit_order": KEY, "validation": KEY}
    assert client.post(url("debit-keys"), given).status_code == 302
    GatewayAccount.objects.update(is_test_passed=True, tested_at="2026-01-01T00:00Z")
    return GatewayAccount.objects.get()


def keys():
    return accounts.credentials_of(GatewayAccount.objects.get())


def test_another_address_gets_only_keys_typed_for_it(client, saved):
    given = {"base_url": "https://ws.example.com", "reason": WHY}
    for typed in ({}, {"account": OTHER}):
        response = client.post(url("debit-keys"), given | typed)
        assert response.status_code == 422
        assert "needs the account and debit order keys again" in response.content.decode()
        assert (GatewayAccount.objects.get().base_url, keys()["account"]) == (LIVE, KEY)

    client.post(url("debit-keys"), given | {"account": OTHER, "debit_order": OTHER})

    assert keys() == {"account": OTHER, "debit_order": OTHER}
    assert GatewayAccount.objects.get().base_url == "https://ws.example.com"


def test_one_key_is_replaced_with_a_reason_and_works_only_once_tried(client, saved):
    given = {"base_url": LIVE, "validation": OTHER}
    assert client.post(url("debit-keys"), given).status_code == 422
    assert client.post(url("debit-keys"), given | {"reason": "no"}).status_code == 422
    assert keys()["validation"] == KEY

    client.post(url("debit-keys"), given | {"reason": WHY})

    account = GatewayAccount.objects.get()
    assert keys() == {"account": KEY, "debit_order": KEY, "validation": OTHER}
    assert (account.is_test_passed, account.tested_at) == (None, None)
    told = AuditEvent.objects.filter(action="gateway_account.keys_changed").latest("pk")
    assert (told.reason, told.after["changed"]) == (WHY, ["validation"])
    assert KEY not in str(told.after) + str(told.before)
    page = client.get(url("debit-settings")).content.decode()
    assert ">Works<" not in page


def test_nothing_changed_is_still_tried(client, saved):
    client.post(url("debit-keys"), {"base_url": LIVE, "reason": WHY})

    assert GatewayAccount.objects.get().is_test_passed is True


@pytest.mark.parametrize(
    "address",
    [
        "https://10.0.0.5",
        "https://localhost",
        "https://192.168.1.1",
        "https://db.local",
        "http://127.0.0.1:9000",
    ],
)
def test_keys_never_go_to_our_own_network(client, saved, settings, address):
    settings.SIMULATORS = False
    given = {"base_url": address, "account": OTHER, "debit_order": OTHER, "reason": WHY}

    assert client.post(url("debit-keys"), given).status_code == 422
    assert (GatewayAccount.objects.get().base_url, keys()["account"]) == (LIVE, KEY)


def test_the_settings_say_that_nothing_is_checked_without_a_validation_key(client, saved):
    words = "no account number is checked"
    assert words not in client.get(url("debit-settings")).content.decode()
    given = {"base_url": "https://ws.example.com", "account": KEY, "debit_order": KEY}
    client.post(url("debit-keys"), given | {"reason": WHY})

    assert words in client.get(url("debit-settings")).content.decode()
