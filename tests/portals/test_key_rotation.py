"""rotate_keys: everything that is sealed, sealed anew; what no key opens is said, not a fault."""

import base64
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db.models import TextField
from django.urls import reverse

from customers.services import profile
from ispbill.accounts.models import TotpDevice
from ispbill.accounts.services import second_factor
from ispbill.audit.models import JobRun
from ispbill.core import crypto, sealed_files
from ispbill.core.acts import Act
from ispbill.core.sealed_files import SealedPath
from ispbill.portals.services import key_rotation
from network.models import Router
from network.services import connections
from payments.bank.services import files
from payments.debits.services import settings as debit_settings
from payments.prepaid.models import VoucherSheet
from payments.prepaid.services import voucher_sheets, vouchers
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, csv_of, uploaded
from tests.factories.customers import CustomerFactory
from tests.factories.network import RouterFactory
from tests.factories.payments import codes_of, voucher_batch

pytestmark = pytest.mark.django_db

NEW = "new:" + base64.b64encode(b"n" * 32).decode()


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def secrets():
    """One secret of each kind, sealed with the key of the settings."""
    second_factor.start(user=UserFactory())
    router = RouterFactory()
    customer = CustomerFactory()
    profile.seal_national_id(customer, "1234567890")
    customer.save()
    return router, customer


def test_every_sealed_column_is_on_the_list():
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_") and isinstance(field, TextField)
    }

    assert {(row.model._meta.label, row.column) for row in key_rotation.COLUMNS} == there


def test_every_sealed_file_is_on_the_list():
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedPath)
    }

    assert {(row.model._meta.label, row.column) for row in key_rotation.FILES} == there


def test_nobody_seals_or_fingerprints_who_is_not_on_a_list():
    """Who adds one says here where it is sealed anew, or why it need not be."""
    calls = re.compile(r"\b(crypto\.(seal|fingerprints?)|sealed_files\.write)\(")
    root = Path(django_settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for folder in ("billing", "churn", "contracts", "customers", "fieldservice", "ispbill")
        + ("network", "payments", "resellers", "signup", "tickets")
        for path in (root / folder).rglob("*.py")
        if calls.search(path.read_text())
    }

    assert found == {
        "contracts/services/seal_keys.py",
        "contracts/services/signing.py",  # codes good for minutes
        "customers/services/profile.py",
        "ispbill/notifications/services/provider_accounts.py",
        "ispbill/notifications/services/push_keys.py",
        "ispbill/accounts/services/attempts.py",  # counts for a window
        "ispbill/accounts/services/one_time_codes.py",  # good for minutes
        "ispbill/accounts/services/second_factor.py",
        "ispbill/accounts/services/throttle.py",  # counts for minutes
        "ispbill/core/sealed_files.py",
        "ispbill/devtools/bench/network.py",  # of a company that is thrown away
        "ispbill/devtools/demo/ground.py",  # as its services would
        "ispbill/devtools/demo/rows.py",
        "ispbill/portals/queries/diagnosis.py",  # kept nowhere
        "ispbill/portals/services/key_rotation.py",
        "ispbill/webhooks/services/endpoints.py",  # its columns are added by its AppConfig
        "network/interstellio/services/accounts.py",
        "signup/imports/services/judging.py",  # until the row is taken in, or the import ends
        "signup/imports/services/uploading.py",  # until the file is taken apart
        "network/radius/services/keys.py",
        "network/services/lines.py",
        "network/services/routers.py",
        "payments/online/gateways/bkash_tokens.py",  # in the cache, for an hour
        "payments/debits/services/settings.py",  # made anew each time
        "payments/online/services/accounts.py",
        "payments/online/services/setup.py",  # told apart in a form, kept nowhere
        "payments/bank/services/files.py",
        "payments/bank/services/payers.py",
        "payments/debits/services/methods.py",
        "payments/prepaid/services/voucher_batches.py",
        "payments/prepaid/services/voucher_sheets.py",
        "payments/prepaid/services/vouchers.py",  # looks one up
        "signup/services/documents.py",
        "tickets/queries/mail.py",  # proves an address; older ones are found by what they answer
        "tickets/services/mailboxes.py",
        "tickets/views/mail.py",  # told apart in a form, kept nowhere
    }


@pytest.fixture
def sealed_statement(at):
    return uploaded(bank_account(), csv_of(("2026-01-10", "TRF", "1725.00")), at=at)


def test_files_are_sealed_anew_too_and_check_tells_when_the_old_key_can_go(
    sealed_statement, settings
):
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    with pytest.raises(CommandError, match="still under an older key"):
        run("rotate_keys", "--check")
    told = json.loads(run("rotate_keys", "--json"))
    left = json.loads(run("rotate_keys", "--check", "--json"))
    settings.FIELD_KEYS = [NEW]

    assert (told["sealed"], left["left"], left["current"]) == (1, 0, 1)
    assert b"1725.00" in files.kept(sealed_statement.path)


def test_a_sheet_of_cards_is_sealed_anew(at, settings):
    batch = voucher_batch(at=at)
    sheet = VoucherSheet.objects.create(
        batch=batch,
        language="en",
        per_page=10,
        state="READY",
        path="vouchers/x.sealed",
        requested_at=at,
    )
    place = voucher_sheets.sheet_place(sheet)
    sealed_files.write(sheet.path, b"%PDF", context=place)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    run("rotate_keys")
    settings.FIELD_KEYS = [NEW]

    assert sealed_files.read(sheet.path, context=place) == b"%PDF"


def test_a_rotation_that_broke_off_goes_on_where_it_was(sealed_statement, at, settings):
    done = uploaded(bank_account(), csv_of(("2026-01-11", "TRF", "1.00")), at=at)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    content = files.kept(done.path)
    sealed_files.write(done.path, content, context=files.place_of(done.path))

    told = json.loads(run("rotate_keys", "--json"))

    assert (told["sealed"], told["current"]) == (1, 1)


def test_a_file_thrown_away_meanwhile_stays_away(sealed_statement, settings):
    files.forget(sealed_statement.path)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    told = json.loads(run("rotate_keys", "--json"))

    assert (told["sealed"], told["unreadable"]) == (0, 0)
    with pytest.raises(files.FileRefused, match="not there any more"):
        files.kept(sealed_statement.path)


def test_what_was_fingerprinted_with_an_older_key_is_found_before_the_rotation(at, settings):
    batch = voucher_batch(at=at)
    code = codes_of(batch)[0]
    customer = CustomerFactory()
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    done = vouchers.redeem(typed=code, customer=customer, act=Act(None, at), ip="")

    assert done


def test_netcash_may_post_to_the_older_address_until_its_key_is_gone(settings):
    older = debit_settings.postback_secret()
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    assert debit_settings.is_postback_secret(older)
    assert debit_settings.is_postback_secret(debit_settings.postback_secret())

    settings.FIELD_KEYS = [NEW]

    assert not debit_settings.is_postback_secret(older)


def test_a_page_that_meets_what_no_key_opens_says_so(client, sealed_statement, secrets, settings):
    user = UserFactory(role="OWNER")
    second_factor.start(user=user)
    client.force_login(user)
    settings.FIELD_KEYS = [NEW]

    columns = client.get(
        reverse("staff_payments:statement-columns", args=[sealed_statement.pk]), follow=True
    )
    own = client.get(reverse("accounts:second-factor"))

    assert "None of the keys of this installation" in columns.content.decode()
    assert own.status_code == 409
    assert "none of the keys of this installation opens it" in own.content.decode()


def test_secrets_are_sealed_anew_and_the_old_key_can_go(secrets, settings):
    router, customer = secrets
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW, *old]

    first = json.loads(run("rotate_keys", "--json"))
    second = json.loads(run("rotate_keys", "--json"))
    settings.FIELD_KEYS = [NEW]
    third = json.loads(run("rotate_keys", "--json"))

    counts = [(told["sealed"], told["current"], told["unreadable"]) for told in (first, second)]
    assert counts == [(3, 0, 0), (0, 3, 0)]
    assert third["sealed"] == 0  # nothing was left for the old key, fingerprints neither
    router = Router.objects.get(pk=router.pk)
    assert connections.password_of(router) == "router-password"
    assert second_factor.secret(TotpDevice.objects.get())
    customer.refresh_from_db()
    assert customer.national_id_fingerprint == crypto.fingerprint(
        "1234567890", purpose="national_id"
    )


def test_a_value_no_key_opens_is_told_and_the_rest_goes_on(secrets, settings):
    router, _customer = secrets
    Router.objects.filter(pk=router.pk).update(sealed_password="gone.AAAA")
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    with pytest.raises(CommandError) as left:
        run("rotate_keys")

    assert left.value.returncode == 1
    job = JobRun.objects.get(job="rotate_keys")
    assert (job.status, job.processed, job.failed) == ("PARTIAL", 2, 1)
    assert job.problems.get().item_id == router.pk
