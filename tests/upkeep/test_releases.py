"""Each release's database, as it was kept then, is brought to the present with all its data."""

import lzma
import shutil
from collections import defaultdict
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from billing.invoices.models import Invoice
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import lasting_locks
from ispbill.core.lasting_locks import WAITS
from ispbill.devtools.demo.management.commands import keep_release
from ispbill.reports.queries import proofs
from ispbill.upkeep.gateways import postgres
from tests.upkeep.conftest import used

RELEASES = sorted(
    (Path(__file__).parent / "releases").glob("*.xz"),
    key=lambda path: [int(part) for part in path.stem.split(".")],
)
# What a migration since the first release does to a table in use, and why it may.
ACCEPTED = {
    ("network.0002_fixed_prefixes", "ipassignment"): "as many rows as fixed addresses",
    ("network.0002_fixed_prefixes", "ippool"): "a handful of rows",
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_a_company_of_that_release_is_brought_here(release, elsewhere, client):
    server = connection.pg_version // 10_000
    with lzma.open(release) as kept, postgres.restore(elsewhere, server=server) as into:
        shutil.copyfileobj(kept, into)
    with used(elsewhere):
        before = _counted()

        told = StringIO()
        call_command("upgrade", "--no-backup", "a test", stdout=told)

        assert told.getvalue().count(" … ok") == 4, told.getvalue()
        assert _counted() == before
        assert list(proofs.check_all()) == []
        bills = Invoice.objects.count()
        call_command("run_billing", "--date", str(date(2027, 1, 1)), stdout=StringIO())
        assert Invoice.objects.count() > bills
        assert list(proofs.check_all()) == []
        client.force_login(User.objects.get(login="owner@demo.test"))
        for page in ("/admin/", "/admin/customers/", "/admin/network/routers/", "/admin/invoices/"):
            assert client.get(page, follow=True).status_code == 200, page


def _counted() -> dict[str, int]:
    counted = {}
    with connection.cursor() as cursor:
        for model in (Customer, Invoice, *apps.get_app_config("payments").get_models()):
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            counted[model._meta.label] = cursor.fetchone()[0]
    return counted


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_what_was_released_is_not_rewritten(release):
    now, then = keep_release.migrations(), _kept(release)

    assert {path: now.get(path) for path in then} == then


def test_a_migration_since_the_first_release_lets_the_one_before_go_on():
    loader, since = MigrationLoader(None), defaultdict(list)
    for path in map(Path, keep_release.migrations().keys() - _kept(RELEASES[0]).keys()):
        label = path.parts[-3]
        since[label].append(loader.disk_migrations[label, path.stem])

    found = [
        (name, operation, why)
        for label, migrations in since.items()
        for name, operation, why in lasting_locks.found(label, sorted(migrations, key=str))
        if not any(
            name == migration and table in operation and why == WAITS
            for migration, table in ACCEPTED
        )
    ]
    assert since
    assert found == []


def _kept(release: Path) -> dict[str, str]:
    """Return the digest of each migration of a release, by its path."""
    lines = release.with_suffix(".migrations").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ") for line in lines)}
