"""The quick way to a new database leads where Django's own does (in a full proof)."""

import os

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection, connections

from ispbill.core.management.commands import migrate as ours
from ispbill.devtools.bench import scratch

CATALOGUE = (
    "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
    " a.attidentity, pg_get_expr(d.adbin, d.adrelid) FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, a.attnum",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    " ORDER BY 1, 2",
    "SELECT app, name FROM django_migrations ORDER BY 1, 2",
)


def migrated(command):
    with scratch.empty("ways"):
        call_command(command, database="owner", verbosity=0, interactive=False)
        connections["owner"].close()
        with connection.cursor() as cursor:
            found = []
            for question in CATALOGUE:
                cursor.execute(question)
                found.append(cursor.fetchall())
        return found


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("PROVE"), reason="migrates the usual way, which takes long")
def test_the_quick_way_leads_where_the_usual_one_does(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        usual, quick = migrated(migrate.Command()), migrated(ours.Command())

    for one, other in zip(usual, quick, strict=True):
        assert one == other
        assert len(one) > 20
