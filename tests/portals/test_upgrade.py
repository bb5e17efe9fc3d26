"""An upgrade is refused before anything changes, or goes through and may be run again."""

from io import StringIO
from threading import Event, Thread

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connections, migrations, models, transaction
from django.db.migrations import operations as ops
from django.db.migrations.recorder import MigrationRecorder

from ispbill.audit.models import JobRun
from ispbill.core import clock, lasting_locks
from ispbill.core.lasting_locks import BREAKS, WAITS
from ispbill.portals.services import upgrading
from ispbill.portals.services.upgrading import NotThrough
from ispbill.upkeep.models import Backup
from tests.database import owner_connection

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
INDEX = models.Index(fields=["name"], name="by_name")
CHECK = models.CheckConstraint(condition=~models.Q(name=""), name="has_a_name")
WHY = "a machine that is thrown away tomorrow"


def upgrade(*arguments):
    out = StringIO()
    call_command("upgrade", *arguments, stdout=out)
    return out.getvalue()


def test_it_goes_through_and_again():
    for _again in range(2):
        told = upgrade("--no-backup", WHY)

        assert [line.split(" … ")[0] for line in told.splitlines() if " … ok" in line] == [
            "[1/4] doctor",
            "[2/4] backup",
            "[3/4] migrate",
            "[4/4] doctor",
        ]
        assert WHY in told
        assert "restart workers" in told
    assert JobRun.objects.filter(job="upgrade", status="COMPLETED").count() == 2


def test_without_a_copy_it_is_refused_before_any_change(settings):
    settings.BACKUP_RECIPIENTS = []

    with pytest.raises(CommandError) as refusal:
        upgrade()

    assert refusal.value.returncode == 2
    assert not JobRun.objects.filter(job="upgrade").exists()


def test_a_young_copy_is_enough(settings):
    settings.BACKUP_RECIPIENTS = []
    Backup.objects.create(
        name="a.age",
        taken_at=clock.real_now(),
        seconds=1,
        size=1,
        row_count=1,
        file_count=0,
        digest="0" * 64,
        version="0",
    )

    assert "younger than an hour" in upgrade()


def test_what_it_does_not_mend_stops_it(settings):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}

    with pytest.raises(CommandError) as refusal:
        upgrade("--no-backup", WHY)

    assert refusal.value.returncode == 2
    assert "redis" in str(refusal.value)


def test_the_plan_names_what_is_missing():
    assert upgrade("--plan") == "0 to migrate\n"


def test_a_migration_that_is_missing_is_in_the_plan():
    MigrationRecorder(connections["owner"]).record_unapplied("churn", "0001_initial")

    found = upgrading.plan()

    assert found.pending == ["churn.0001_initial"]
    assert found.hurts == []  # it makes new tables alone


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (ops.AddIndex("one", INDEX), WAITS),
        (AddIndexConcurrently("one", INDEX), ""),
        (ops.AddConstraint("one", CHECK), WAITS),
        (AddConstraintNotValid("one", CHECK), ""),
        (ops.AlterField("one", "name", models.TextField()), WAITS),
        (ops.AddField("one", "more", models.TextField(null=True)), ""),
        (ops.AddField("one", "more", models.IntegerField(db_default=0, default=0)), ""),
        (ops.AddField("one", "more", models.IntegerField(default=0)), BREAKS),
        (ops.RemoveField("one", "name"), BREAKS),
        (ops.RenameField("one", "name", "label"), BREAKS),
        (ops.DeleteModel("One"), BREAKS),
        (ops.AlterModelOptions("one", {}), ""),
    ],
)
def test_what_the_release_before_would_suffer_by(operation, why):
    assert lasting_locks.judge(operation) == why


def test_a_new_table_is_used_by_nobody():
    made = migrations.Migration("0002_two", "shop")
    made.operations = [
        ops.CreateModel("Two", [("name", models.TextField())]),
        ops.AddIndex("two", INDEX),
        ops.AddIndex("one", INDEX),
    ]

    assert [what for _name, what, _why in lasting_locks.found("shop", [made])] == [
        made.operations[2].describe()
    ]


def test_a_table_in_use_is_waited_for(monkeypatch):
    monkeypatch.setattr(upgrading, "WAIT_SECONDS", 0.0)
    said, tried = [], []

    def busy(*_arguments, **_options):
        """Ask for a lock somebody holds, the way a migration would."""
        tried.append(1)
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            cursor.execute("LOCK TABLE churn_churnmodel IN ACCESS EXCLUSIVE MODE")

    monkeypatch.setattr(upgrading, "call_command", busy)
    held, done = Event(), Event()

    def work():
        with owner_connection() as owner:
            owner.execute("LOCK TABLE churn_churnmodel IN ACCESS SHARE MODE")
            held.set()
            done.wait(20)

    somebody = Thread(target=work)
    somebody.start()
    held.wait(20)
    try:
        with pytest.raises(NotThrough):
            upgrading.migrate(tell=said.append)
    finally:
        done.set()
        somebody.join()

    assert len(tried) == len(said) == upgrading.TRIES
