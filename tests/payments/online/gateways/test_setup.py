"""Our accounts with gateways: kept sealed, changed with a reason, tried without moving money."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ispbill.audit.models import AuditEvent
from ispbill.audit.services.trail import ReasonMissing
from ispbill.core.acts import Act
from payments.online.models import GatewayAccount
from payments.online.services import accounts, setup
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "new password from the provider"


@pytest.fixture
def actor():
    return UserFactory()


@pytest.fixture
def typed(sandbox):
    """What somebody types for the simulated SSLCommerz."""
    place = sandbox.addresses["sslcommerz"]
    values = {
        "name": "Card or wallet",
        "base_url": place["base_url"],
        "is_live": False,
        "fee_rate": Decimal("0.025"),
        "position": 1,
    }
    credentials = {
        "store_id": place["store_id"],
        "store_password": place["store_passwd"],
        "fallback_email": "care@demo.test",
    }
    return {"values": values, "credentials": credentials}


@pytest.fixture
def account(typed, actor):
    return setup.add(provider="SSLCOMMERZ", **typed, act=Act(actor, AT))


def change(account, actor, *, values=None, credentials=None, reason=WHY):
    return setup.change(
        account=account,
        values=values or {},
        credentials=credentials or {},
        act=Act(actor, AT, reason=reason),
    )


def test_an_account_is_kept_sealed_switched_off_and_told_without_secrets(account, typed, actor):
    account.refresh_from_db()
    secret = typed["credentials"]["store_password"]

    assert (account.slug, account.is_enabled, account.fee_rate) == (
        "sslcommerz",
        False,
        Decimal("0.025"),
    )
    assert secret not in account.sealed_credentials
    assert accounts.credentials_of(account) == typed["credentials"]
    assert setup.open_credentials(account) == {
        "store_id": typed["credentials"]["store_id"],
        "fallback_email": "care@demo.test",
    }
    told = AuditEvent.objects.get(action="gateway.added")
    assert told.actor_id == actor.pk
    assert secret not in json.dumps([told.before, told.after])


def test_a_second_account_with_a_provider_has_its_own_address(account, typed, actor):
    other = setup.add(provider="SSLCOMMERZ", **typed, act=Act(actor, AT))

    assert other.slug == "sslcommerz-2"
    assert other.sealed_credentials != account.sealed_credentials


def test_a_required_credential_is_asked_for(typed, actor):
    with pytest.raises(setup.SetupRefused, match="Store password is missing"):
        setup.add(
            provider="SSLCOMMERZ",
            values=typed["values"],
            credentials=typed["credentials"] | {"store_password": " "},
            act=Act(actor, AT),
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": "ftp://x.test"}, "no web address"),
        ({"base_url": "https://user@x.test"}, "no web address"),
        ({"base_url": "https://x.test:port"}, "no web address"),
        ({"base_url": "http://x.test", "is_live": True}, "only called encrypted"),
        ({"fee_rate": Decimal(1)}, "share between 0 and 100"),
    ],
)
def test_what_cannot_be_right_is_refused(account, actor, changes, words):
    with pytest.raises(setup.SetupRefused, match=words):
        change(account, actor, values=changes)

    account.refresh_from_db()
    assert account.base_url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]", "localhost"])
def test_without_simulators_nothing_of_our_own_network_is_a_gateway(account, actor, settings, host):
    settings.SIMULATORS = False

    with pytest.raises(setup.SetupRefused, match="our own network"):
        change(account, actor, values={"base_url": f"http://{host}:9/x"})


def test_what_is_left_empty_stays_and_what_changed_is_named_not_told(account, actor, typed):
    change(account, actor, values={"name": "Online"}, credentials={"store_password": "new-secret"})

    account.refresh_from_db()
    assert accounts.credentials_of(account) == typed["credentials"] | {
        "store_password": "new-secret"
    }
    event = AuditEvent.objects.get(action="gateway.changed")
    assert (event.reason, event.after) == (
        WHY,
        {"name": "Online", "credentials": ["store_password"]},
    )


def test_another_host_needs_every_secret_again(account, actor, typed):
    with pytest.raises(setup.SetupRefused, match="typed again"):
        change(account, actor, values={"base_url": "https://evil.test"})

    change(
        account, actor, values={"base_url": "https://other.test"}, credentials=typed["credentials"]
    )
    account.refresh_from_db()
    assert account.base_url == "https://other.test"


def test_a_change_needs_a_reason_and_forgets_the_last_test(account, actor):
    setup.test(account=account, act=Act(actor, AT))
    with pytest.raises(ReasonMissing):
        change(account, actor, values={"name": "X"}, reason="")

    account.refresh_from_db()
    assert account.is_test_passed is True
    change(account, actor, values={"name": "X"})
    account.refresh_from_db()
    assert (account.is_test_passed, account.tested_at) == (None, None)


def test_switching_is_told_and_happens_once(account, actor):
    for _ in range(2):
        setup.switch(account=account, is_enabled=True, act=Act(actor, AT, reason=WHY))

    account.refresh_from_db()
    assert account.is_enabled
    assert AuditEvent.objects.filter(action="gateway.switched_on").count() == 1
    setup.switch(account=account, is_enabled=False, act=Act(actor, AT, reason=WHY))
    assert AuditEvent.objects.filter(action="gateway.switched_off").count() == 1


def test_an_account_without_credentials_is_not_offered(actor):
    account = GatewayAccount.objects.create(
        slug="bkash", provider="BKASH", name="bKash", base_url="https://x.test", created_at=AT
    )

    with pytest.raises(setup.SetupRefused, match="Type the credentials first"):
        setup.switch(account=account, is_enabled=True, act=Act(actor, AT, reason=WHY))
    assert setup.test(account=account, act=Act(actor, AT)).words == (
        "No credentials have been typed yet."
    )


def test_a_test_says_that_it_works_or_that_the_credentials_are_wrong(account, actor, sandbox):
    assert setup.test(account=account, act=Act(actor, AT)).is_passed
    change(account, actor, credentials={"store_password": "wrong"})
    account.refresh_from_db()

    verdict = setup.test(account=account, act=Act(actor, AT))

    account.refresh_from_db()
    assert [step.is_passed for step in verdict.steps] == [True, False]
    assert "Store ID or store password is wrong" in verdict.words
    assert (account.is_test_passed, account.test_words, account.tested_at) == (
        False,
        verdict.words,
        AT,
    )
    sandbox.close()
    assert "does not answer" in setup.test(account=account, act=Act(actor, AT)).words


def test_the_command_says_each_step_and_ends_with_its_verdict(account, actor):
    out = StringIO()
    call_command("test_gateway", "SSLCommerz", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["gateway"], told["ok"], [step["ok"] for step in told["steps"]]) == (
        "sslcommerz",
        True,
        [True, True],
    )

    change(account, actor, credentials={"store_password": "wrong"})
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("test_gateway", "sslcommerz", stdout=out)
    assert ended.value.code == 1
    assert "failed: Store ID or store password is wrong" in out.getvalue()
    with pytest.raises(CommandError, match="There is no gateway nagad"):
        call_command("test_gateway", "nagad")
