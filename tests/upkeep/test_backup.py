"""Copies: made whole or not at all, sealed, proved by restoring them; a restore holds the house."""

import io
import json
import shutil
import subprocess
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from customers.models import Customer
from ispbill.core import age, clock, guarding
from ispbill.core.models import NumberSequence, Restoration
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.models import Backup
from ispbill.upkeep.services import backup, drill
from tests.database import owner_connection
from tests.upkeep.conftest import used

pytestmark = pytest.mark.django_db(transaction=True)


def told(*arguments):
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def members(path, settings):
    reader = age.Reader(io.BytesIO(path.read_bytes()), [settings.BACKUP_IDENTITY])
    with tarfile.open(mode="r|", fileobj=reader) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


def test_a_copy_is_restored_elsewhere_and_reconciled(company, copies, elsewhere, settings):
    made = told("backup")
    kept = copies / made["file"]
    customers = Customer.objects.count()
    numbers = next_numbers()
    settings.MEDIA_ROOT = Path(settings.MEDIA_ROOT).parent / "elsewhere"

    assert kept.stat().st_mode & 0o777 == 0o600
    assert Backup.objects.get().digest == made["digest"]
    for word in (b"Amina", settings.SECRET_KEY.encode(), b"%PDF"):
        assert word not in kept.read_bytes()

    with used(elsewhere):
        assert told("restore", str(kept))["differences"] == []
        assert guarding.differences() == []
        assert Customer.objects.count() == customers == 6
        paper = Path(settings.MEDIA_ROOT) / "papers" / "a.pdf"
        assert paper.read_bytes().startswith(b"%PDF-1.7 a paper")
        with pytest.raises(CommandError, match="nothing is lost"):
            told("restore", str(kept))
        with pytest.raises(CommandError, match="First: proofs"):
            told("restore", "reconcile", "numbers")

        steps = {
            step: told("restore", "reconcile", step)
            for step in (
                "proofs",
                "doors",
                "erasures",
                "numbers",
                "messages",
                "gateways",
                "routers",
            )
        }

        assert steps["proofs"] == {"step": "proofs", "facts": 0, "findings": 0, "differences": []}
        after = next_numbers()
        this_year = {key: number + 100 for key, number in numbers.items() if key[1] != 2025}
        assert this_year
        assert after == numbers | this_year
        told("restore", "reconcile", "numbers")
        assert next_numbers() == after
        assert not Message.objects.filter(state__in=["QUEUED", "SENDING"]).exists()
        assert steps["routers"]["silent"] == 2  # nobody simulates them here
        held = Restoration.objects.get()
        assert held.released_at is None
        told("restore", "reconcile", "release")
        assert Restoration.objects.get().released_at is not None
        assert proofs.check_all(on=clock.today()) == []


def test_a_copy_is_verified_in_a_database_that_is_gone_afterwards(company, copies, settings):
    made = backup.make()
    before = databases()
    far = clock.today() + timedelta(days=90)  # what the house remembers is not of the copy
    cache.set("core:clock-offset-seconds", (far - clock.today()).total_seconds(), timeout=None)

    good = told("backup", "verify", str(copies / made.name))

    cache.delete("core:clock-offset-seconds")
    clock.forget()
    assert good["problems"] == []
    assert databases() == before
    made.refresh_from_db()
    assert (made.problem, made.verified_at is not None) == ("", True)


def test_a_copy_that_lost_a_row_does_not_pass(company, copies, settings, monkeypatch):
    read = backup.facts.read
    monkeypatch.setattr(
        backup.facts, "read", lambda told: {**read(told), "table.customers_customer": "7"}
    )
    made = backup.make()
    monkeypatch.undo()

    done = drill.verify(copies / made.name, identities=[settings.BACKUP_IDENTITY])

    assert done.problems == ["table.customers_customer: 7, now 6"]
    made.refresh_from_db()
    assert made.problem == "table.customers_customer: 7, now 6"


def test_a_spoilt_copy_or_a_wrong_key_is_told(copies, settings):
    made = backup.make()
    path = copies / made.name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)

    spoilt = drill.verify(path, identities=[settings.BACKUP_IDENTITY])
    foreign = drill.verify(path, identities=[age.new_identity()])

    assert spoilt.problems == ["the file was altered or cut short"]
    assert foreign.problems == ["none of the keys opens this file"]


def test_what_goes_wrong_leaves_no_file_that_looks_like_a_copy(copies, settings, monkeypatch):
    settings.POSTGRESQL_PROGRAMS = str(copies)
    failing = copies / "pg_dump"
    copies.mkdir()
    failing.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" && exit\n'
        "echo half a dump; echo gone >&2; exit 1\n"
    )
    failing.chmod(0o755)

    with pytest.raises(postgres.ProgramFailed, match="gone"):
        backup.make()

    assert [path.name for path in copies.iterdir()] == ["pg_dump"]
    assert not Backup.objects.exists()


def test_a_role_that_policies_blind_makes_no_copy(copies):
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER POLICY house ON customers_customer TO ispbill_app")
        try:
            with pytest.raises(backup.NotBackedUp, match="customers_customer"):
                backup.make()
        finally:
            owner.execute("ALTER POLICY house ON customers_customer TO ispbill_owner, ispbill_app")


def test_nobody_to_open_it_or_no_room_for_it_is_refused(copies, settings):
    backup.make()
    Backup.objects.update(size=10**15)
    with pytest.raises(backup.NotBackedUp, match="MB free"):
        backup.make()

    Backup.objects.update(size=1)
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(CommandError, match="nobody could open"):
        told("backup")


def test_old_copies_go_only_by_the_retention_and_a_hook_that_fails_is_told(copies, settings):
    hook = copies.parent / "hook"
    hook.write_text('#!/bin/sh\ntest -s "$1" && echo carried > "$0.seen"\n')
    hook.chmod(0o755)
    settings.BACKUP_HOOK = str(hook)
    newest = backup.make()
    for days in range(1, 40):
        taken = newest.taken_at - timedelta(days=days)
        Backup.objects.create(
            name=f"old-{days}",
            taken_at=taken,
            seconds=1,
            size=1,
            row_count=1,
            file_count=0,
            digest="0" * 64,
            version="0",
        )
        (copies / f"old-{days}").write_text("x")

    removed = backup.remove_old(at=newest.taken_at)

    assert (copies.parent / "hook.seen").exists()
    assert (
        len(list(copies.iterdir()))
        == 40 - len(removed)
        == Backup.objects.filter(removed_at=None).count()
    )
    assert newest.name not in removed
    hook.write_text("#!/bin/sh\necho no room there >&2; exit 1\n")
    with pytest.raises(backup.NotBackedUp, match="no room there"):
        backup.make()


@pytest.mark.skipif(not shutil.which("age"), reason="the age program is not installed")
def test_the_stock_programs_open_a_copy(copies, settings, tmp_path):
    made = backup.make()
    key = tmp_path / "key"
    key.write_text(settings.BACKUP_IDENTITY)

    opened = subprocess.run(
        ["age", "-d", "-i", key, copies / made.name], capture_output=True, check=True
    )
    listed = subprocess.run(["tar", "t"], input=opened.stdout, capture_output=True, check=True)

    names = listed.stdout.decode().split()
    assert names == ["manifest.json", "database/0001", "media/papers/a.pdf", "sums.json"]


def databases():
    """The databases of this process alone: others beside it make and drop theirs."""
    own = connection.settings_dict["NAME"] + "%"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", [own])
        return cursor.fetchall()


def next_numbers():
    return {(one.series, one.year): one.next_number for one in NumberSequence.objects.all()}
