"""`manage.py test_gateway netcash`: every key tried, in words for who typed it."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from payments.online.gateways.netcash import sandbox
from payments.online.models import GatewayAccount
from payments.online.services import accounts

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 14, 4, tzinfo=UTC)


@pytest.fixture
def account(tmp_path, server):
    base_url, keys = sandbox.address(tmp_path)
    account = GatewayAccount(
        slug="netcash", provider="NETCASH", name="NetCash", base_url=base_url, created_at=AT
    )
    given = {"account": keys.account, "debit_order": keys.debit_order}
    account.sealed_credentials = accounts.sealed(account, given | {"validation": keys.validation})
    account.save()
    return account


def tried(ok):
    out = StringIO()
    if ok:
        call_command("test_gateway", "netcash", json=True, stdout=out)
    else:
        with pytest.raises(SystemExit) as ended:
            call_command("test_gateway", "netcash", json=True, stdout=out)
        assert ended.value.code == 1
    told = json.loads(out.getvalue())
    assert told["ok"] is ok
    return [(step["words"], step["ok"]) for step in told["steps"]]


def keep(kept, **given):
    kept.sealed_credentials = accounts.sealed(kept, given)
    kept.save()


def test_keys_that_work_are_said_one_by_one_and_noted(account):
    assert tried(ok=True) == [
        ("Account key (statements): The key works", True),
        ("Debit order key: The key works", True),
        ("Account validation key: The key works", True),
    ]
    account.refresh_from_db()
    assert (account.is_test_passed, account.test_words) == (
        True,
        "Account validation key: The key works",
    )


def test_a_key_in_the_wrong_place_is_named_last(account, tmp_path):
    _base_url, keys = sandbox.address(tmp_path)
    keep(account, account=keys.debit_order, debit_order=keys.debit_order)

    assert tried(ok=False) == [
        ("Debit order key: The key works", True),
        ("Account key (statements): This key does not belong to this service (311)", False),
    ]


def test_what_is_missing_or_silent_is_said_in_words(account, server):
    keep(account, account="x")
    assert tried(ok=False) == [("Debit order key: not typed yet", False)]

    keep(account, account="x", debit_order="y")
    server.close()
    assert tried(ok=False) == [("NetCash does not answer: no connection", False)]
