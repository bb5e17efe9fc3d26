"""Install the database's own code (`guard_files`), and say where the database differs from it.

What was installed is written down beside it (`InstalledGuard`): PostgreSQL prints a definition in
its own words, so a file can be compared with the database only through what came of it.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.operations.base import Operation

from ispbill.core import guard_files

# Every function, trigger, policy and view of ours: its name in SQL, the place of its row in the
# catalogue (which moves whenever it is made anew, even in the same words), and its definition.
_CATALOGUE = """
    SELECT 'function ' || p.oid::regprocedure AS object, p.ctid || ' ' || p.xmin AS place,
           pg_get_functiondef(p.oid) AS definition
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                      AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || t.tgrelid::regclass,
           t.ctid || ' ' || t.xmin, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'policy ' || quote_ident(p.polname) || ' on ' || p.polrelid::regclass,
           p.ctid || ' ' || p.xmin,
           concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
                     c.relrowsecurity, c.relforcerowsecurity)
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'view ' || quote_ident(c.relname), r.ctid || ' ' || r.xmin, pg_get_viewdef(c.oid)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
"""
_PLACES = f"SELECT object, place FROM ({_CATALOGUE}) c"  # noqa: S608 - constants, here and below
_DIFFERENCES = f"""
    SELECT CASE WHEN f.object IS NULL THEN 'missing: ' || i.object
                WHEN i.object IS NULL THEN 'in no file: ' || f.object
                ELSE 'differs: ' || i.object END || coalesce(' (' || i.file || ')', '')
    FROM core_installedguard i FULL JOIN ({_CATALOGUE}) f ON f.object = i.object
    WHERE i.digest IS DISTINCT FROM md5(f.definition) ORDER BY 1
"""  # noqa: S608
_WRITE_DOWN = f"""
    INSERT INTO core_installedguard (object, file, digest)
    SELECT f.object, m.file, md5(f.definition)
    FROM ({_CATALOGUE}) f JOIN unnest(%s::text[], %s::text[]) AS m (object, file)
        ON m.object = f.object
    ON CONFLICT (object) DO UPDATE SET file = excluded.file, digest = excluded.digest
"""  # noqa: S608


class Install(Operation):
    """Bring an app's guards to what its files say; `fingerprint` names the state they are in.

    Where the files have changed since, a later migration says so with an operation of its own: this
    one then installs what fits the tables of its time, and leaves the rest to that one.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(self, label: str, fingerprint: str) -> None:
        self.label = label
        self.fingerprint = fingerprint

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of guards."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        app = apps.get_app_config(self.label)
        if schema_editor.collect_sql:
            for file in guard_files.read(app):
                schema_editor.execute(file.text, None)
            return
        is_current = self.fingerprint == guard_files.fingerprint(app)
        install(self.label, schema_editor.connection, is_current=is_current)

    def describe(self) -> str:
        return f"Install the guards of {self.label}"


def install(label: str, database: BaseDatabaseWrapper, *, is_current: bool = True) -> None:
    """Run an app's files, write down what came of them, remove what is in none any more.

    Needs the tables' owner and an open transaction. Raises ProgrammingError where a file names what
    is not there, unless the files are of a later time.
    """
    files = guard_files.read(apps.get_app_config(label))
    made: dict[str, str] = {}
    with database.cursor() as cursor:
        before = _places(cursor)
        for file in files:
            try:
                with transaction.atomic(using=database.alias):
                    cursor.execute(file.text)
            except ProgrammingError:
                if is_current:
                    raise
            after = _places(cursor)
            made |= {name: file.place for name, at in after.items() if before.get(name) != at}
            before = after
        _write_down(cursor, made)
        if is_current:
            _remove_others(cursor, f"{_folder(label)}/%guards/%", made)


def differences(database: BaseDatabaseWrapper | None = None) -> list[str]:
    """Name what a database and its guards' files do not agree on, each with its file."""
    with (database or connection).cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        return [row[0] for row in cursor.fetchall()]


def _places(cursor: CursorWrapper) -> dict[str, str]:
    cursor.execute(_PLACES)
    return dict(cursor.fetchall())


def _write_down(cursor: CursorWrapper, made: dict[str, str]) -> None:
    cursor.execute(_WRITE_DOWN, [list(made), list(made.values())])


def _remove_others(cursor: CursorWrapper, pattern: str, made: dict[str, str]) -> None:
    """Drop what a file of this app once made and none does any more."""
    cursor.execute(
        "DELETE FROM core_installedguard WHERE file LIKE %s AND object <> ALL (%s)"
        " RETURNING object",
        [pattern, list(made)],
    )
    # Policies and triggers before the functions they call.
    for (name,) in sorted(cursor.fetchall(), reverse=True):
        kind, rest = name.split(" ", 1)
        cursor.execute(f"DROP {kind.upper()} IF EXISTS {rest}")


def _folder(label: str) -> str:
    """Return an app's folder below the checkout."""
    path = Path(apps.get_app_config(label).path)
    return path.relative_to(settings.BASE_DIR).as_posix()
