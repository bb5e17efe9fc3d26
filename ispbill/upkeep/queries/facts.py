"""Facts of a database, read through a plain connection: it may be another than our own."""

from typing import Any

import psycopg
from psycopg import sql

from ispbill.upkeep.rules.facts import Facts

Connection = psycopg.Connection[tuple[Any, ...]]

_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1
"""
_LEDGER = "SELECT account_id, sum(amount) FROM billing_posting GROUP BY 1"
_SERIES = "SELECT series, year, next_number - 1 FROM core_numbersequence"
_SEALS = """
    SELECT 'seal.ledger', (SELECT digest FROM billing_ledgerseal ORDER BY id DESC LIMIT 1)
    UNION ALL
    SELECT 'seal.audit', (SELECT digest FROM audit_auditseal ORDER BY id DESC LIMIT 1)
"""
# Tables whose policies hide rows from the role that asks: a copy made by it would lack them.
_HIDDEN = """
    SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.rolname = current_user
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relrowsecurity AND NOT (r.rolsuper OR r.rolbypassrls)
      AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE'))
      AND (NOT EXISTS (
               SELECT FROM pg_policy p
               WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('*', 'r')
                 AND r.oid = ANY (p.polroles) AND pg_get_expr(p.polqual, c.oid) = 'true')
           OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive))
    ORDER BY 1
"""


def read(connection: Connection) -> Facts:
    """Return the facts of a database as the connection's snapshot sees it."""
    found: dict[str, str] = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        found[f"table.{table}"] = str(_one(connection, count))
    for code, total in connection.execute(_LEDGER).fetchall():
        found[f"ledger.{code}"] = str(total)
    for series, year, last in connection.execute(_SERIES).fetchall():
        found[f"series.{series}.{year}"] = str(last)
    for name, seal in connection.execute(_SEALS).fetchall():
        found[name] = seal or ""
    return found


def hidden_from(connection: Connection) -> list[str]:
    """Name the tables of which the connection's role does not see every row."""
    return [row[0] for row in connection.execute(_HIDDEN).fetchall()]


def migrations(connection: Connection) -> list[list[str]]:
    """Return the migrations applied to a database, each with its app."""
    found = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [list(row) for row in found.fetchall()]


def is_empty(connection: Connection) -> bool:
    """Tell whether a database holds neither a customer nor an entry of the books."""
    for table in ("customers_customer", "billing_journalentry"):
        found = connection.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
        asked = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        if found and found[0] and _one(connection, asked):
            return False
    return True


def others_connected(connection: Connection) -> int:
    """Return how many other sessions are in this database."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(_one(connection, sql.SQL(asked)))


def _one(connection: Connection, asked: sql.SQL | sql.Composed) -> Any:
    row = connection.execute(asked).fetchone()
    return row[0] if row else None
