"""All rows of the database as they stood at a moment, to be put back as often as wanted.

What takes long to be lived by the product's own verbs is lived once; afterwards its rows are
copied back, ids and sequences included, in a tenth of the time.
"""

from psycopg import sql

from ispbill.devtools.demo.emptying import KEPT
from tests import database

TABLES = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = '' AND NOT c.relname = ANY (%s)
    GROUP BY 1 ORDER BY 1
"""
COUNTED = """
    SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class KeptRows:
    """Rows kept in a schema of their own, which `forget` drops: other tests look at all tables."""

    def __init__(self):
        self._columns, self._counted = {}, []

    def __bool__(self):
        return bool(self._columns)

    def keep(self):
        """Note every row there is."""
        with database.owner_connection() as owner:
            owner.execute("CREATE SCHEMA kept")
            for table, columns in owner.execute(TABLES, [list(KEPT)]).fetchall():
                name = sql.Identifier(table)
                copy = sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(name)
                if owner.execute(copy).rowcount:
                    self._columns[table] = columns
            self._counted = owner.execute(COUNTED).fetchall()

    def put_back(self):
        """Let the database hold these rows and no others, as its owner and without any trigger."""
        database.empty()
        copy = sql.SQL(
            "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM kept.{0}"
        )
        with database.owner_connection() as owner:
            owner.execute("SET LOCAL session_replication_role = replica")
            for table, columns in self._columns.items():
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                # A program that looks for its company meanwhile makes an empty one.
                owner.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
                owner.execute(copy.format(sql.Identifier(table), names))
            for sequence, value in self._counted:
                owner.execute("SELECT setval(%s::regclass, %s)", [f"public.{sequence}", value])

    def forget(self):
        """Leave nothing of them in the database."""
        if self:
            self._columns = {}
            with database.owner_connection() as owner:
                owner.execute("DROP SCHEMA kept CASCADE")
