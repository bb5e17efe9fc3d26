"""Database code in files: read, fingerprinted, installed, compared with the database."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connections, transaction

from ispbill.core import checks, guard_files, guarding
from ispbill.core.guard_files import GuardFile

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

CODE = """-- Refuses nothing, and says so
-- on two lines.
-- Rule: core.nowhere
-- Needs: first, second
--
-- Why: nobody reads on.
SELECT 1;
"""


@pytest.fixture
def owner():
    """The tables' owner, in a transaction that is rolled back."""
    with transaction.atomic(using="owner"):
        yield connections["owner"]
        transaction.set_rollback(True, using="owner")


@pytest.fixture
def folder(tmp_path, monkeypatch, settings):
    """The guards and migrations of billing, to be changed without a trace."""
    app = apps.get_app_config("billing")
    settings.BASE_DIR = tmp_path
    for path in [*Path(app.path).glob("*/guards/*.sql"), *Path(app.path).glob("migrations/*.py")]:
        copy = tmp_path / "billing" / path.relative_to(app.path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(app, "path", str(tmp_path / "billing"))
    return tmp_path / "billing" / "invoices" / "guards"


def test_the_head_of_a_file_says_what_it_is():
    file = GuardFile(Path("billing/guards/nothing.sql"), CODE)

    assert file.name == "nothing"
    assert file.says == "Refuses nothing, and says so on two lines."
    assert (file.rule, file.test, file.needs) == ("core.nowhere", "", ["first", "second"])


def test_a_file_comes_after_those_it_needs(folder):
    (folder / "aaa.sql").write_text("-- Refuses.\n-- Needs: zzz\nSELECT 1;\n")
    (folder / "zzz.sql").write_text("-- Refuses.\nSELECT 1;\n")

    names = [file.name for file in guard_files.read(apps.get_app_config("billing"))]

    assert names.index("zzz") < names.index("aaa")


def test_the_migrations_know_today_s_files():
    assert checks.guards_are_migrated() == []


def test_a_changed_file_asks_for_a_migration(folder):
    (folder / "freeze_invoice.sql").write_text("-- Refuses nothing.\nSELECT 1;\n")
    wanted = guard_files.fingerprint(apps.get_app_config("billing"))

    (found,) = checks.guards_are_migrated()

    assert found.id == "core.E001"
    assert "billing/guards" in found.msg
    assert f'Install("billing", "{wanted}")' in found.hint


def test_the_last_migration_counts(folder):
    current = guard_files.fingerprint(apps.get_app_config("billing"))
    later = folder.parents[1] / "migrations" / "0999_guards.py"
    later.write_text('operations = [Install("billing", "0123")]\n')
    assert [found.id for found in checks.guards_are_migrated()] == ["core.E001"]

    later.write_text(f'operations = [Install("billing", "{current}")]\n')

    assert checks.guards_are_migrated() == []


def test_the_database_agrees_with_its_files():
    assert guarding.differences() == []


def test_what_was_changed_by_hand_is_named_until_it_is_installed_again(owner):
    with owner.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION freeze_invoice() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        )
        cursor.execute("DROP TRIGGER line_frozen ON billing_invoiceline")
        cursor.execute("ALTER TABLE billing_invoice DISABLE TRIGGER invoice_sums_insert")
        cursor.execute("ALTER POLICY own_rows ON billing_posting USING (true)")
        cursor.execute("CREATE FUNCTION let_me_in() RETURNS int LANGUAGE sql AS 'SELECT 1'")

    assert guarding.differences(owner) == [
        "differs: function freeze_invoice() (billing/invoices/guards/freeze_invoice.sql)",
        "differs: policy own_rows on billing_posting (billing/ledger/guards/table_posting.sql)",
        "differs: trigger invoice_sums_insert on billing_invoice"
        " (billing/invoices/guards/check_invoice_sums.sql)",
        "in no file: function let_me_in()",
        "missing: trigger line_frozen on billing_invoiceline"
        " (billing/invoices/guards/freeze_line.sql)",
    ]

    guarding.install("billing", owner)

    assert guarding.differences(owner) == ["in no file: function let_me_in()"]


def test_a_repair_by_hand_that_became_a_file_is_no_difference(owner, folder):
    path = folder / "freeze_line.sql"
    path.write_text(path.read_text().replace("are frozen", "stay as they are"))
    with owner.cursor() as cursor:
        cursor.execute(path.read_text())
    assert len(guarding.differences(owner)) == 1

    guarding.install("billing", owner)

    assert guarding.differences(owner) == []


def test_what_is_in_no_file_any_more_goes(owner, folder):
    (folder.parents[1] / "pricing" / "guards" / "freeze_discount.sql").unlink()

    guarding.install("billing", owner)

    assert guarding.differences(owner) == []
    with owner.cursor() as cursor:
        cursor.execute("SELECT to_regproc('freeze_discount'), to_regproc('freeze_invoice')")
        assert cursor.fetchone() == (None, "freeze_invoice")
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'discount_frozen'")
        assert cursor.fetchone() == (0,)


def test_installing_twice_changes_nothing(owner):
    for app in guard_files.apps_with_guards():
        guarding.install(app.label, owner)

    assert guarding.differences(owner) == []


def test_a_later_time_s_files_are_installed_as_far_as_they_fit(owner, folder):
    """A migration that a later one has overtaken runs on the tables of its own time."""
    (folder / "later.sql").write_text("-- Refuses.\nALTER TABLE not_yet SET (fillfactor = 50);\n")

    guarding.install("billing", owner, is_current=False)
    with pytest.raises(ProgrammingError):
        guarding.install("billing", owner)


def test_the_app_s_role_does_not_write_what_was_installed():
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('core_installedguard', 'SELECT'),"
            " has_table_privilege('core_installedguard', 'INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        assert cursor.fetchone() == (True, False)


def test_a_database_of_the_migrations_before_is_not_migrated(owner):
    with owner.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = '0001_ground' WHERE app = 'core'")

    with pytest.raises(CommandError, match="--fresh"):
        call_command("migrate", database="owner", verbosity=0)
