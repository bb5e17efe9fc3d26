"""Trying a guard: what the database says with it, and what without it. All is rolled back."""

import psycopg

SETTINGS = (
    "SELECT set_config('app.reason', 'because the law is tried', true),"
    " set_config('app.actor_name', 'law', true), set_config('app.at', now()::text, true)"
)
QUIET = ("ALTER", "SET", "GRANT", "SELECT")  # what need not change a row


def run(owner, statements):
    """Run statements of the owner; `CLONE` (violations.clone) copies a row with some changes."""
    for statement in statements:
        if statement.startswith("CLONE "):
            done = owner.execute(_cloned(owner, statement))
        else:
            done = owner.execute(statement)
        if not statement.startswith(QUIET):
            assert done.rowcount, f"{statement} did nothing"


def outcome(owner, statements, *, without=(), query=None, before=()):
    """Run statements in a transaction of their own; return the refusal, or what a query says."""
    try:
        owner.execute(SETTINGS)
        for table, name in without:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        run(owner, before)
        run(owner, statements)
        return str(owner.execute(query).fetchone()) if query else ""
    except psycopg.Error as error:
        return f"refused: {error.diag.constraint_name or error}"
    finally:
        owner.rollback()


def _cloned(owner, statement):
    table, where, given = (part.strip() for part in statement[6:].split(" | "))
    columns = ", ".join(
        f'"{row[0]}"'
        for row in owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            [table],
        ).fetchall()
    )
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record("
        f"NULL::{table}, (SELECT to_jsonb(x) FROM {table} x WHERE {where}"
        f" ORDER BY 1 LIMIT 1) || jsonb_build_object({given}))"
    )
