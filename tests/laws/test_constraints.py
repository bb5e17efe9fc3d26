"""Every constraint of the database bears load: it lets something in and keeps something out (M6).

For each check, unique and exclusion constraint of our tables a row is searched among plain and
awkward values that it refuses; the same row goes in once the constraint is taken away. A
constraint that refuses nothing, or everything, or is only in the models, is found here.
"""

import re

import psycopg
import pytest
from django.apps import apps
from psycopg import sql

from tests import database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

VALUES = {
    "numeric": ["-1", "0", "0.05", "0.5", "1", "1.05", "1.15", "2", "100", "NULL"],
    "integer": ["-1", "0", "1", "2", "20", "40", "1100", "30000", "NULL"],
    "text": ["''", "'x'", "'y'", "NULL"],
    "boolean": ["true", "false", "NULL"],
    "date": ["date '2026-01-01'", "date '2026-01-15'", "date '2026-02-01'", "NULL"],
    "time without time zone": ["time '09:00'", "time '18:00'", "NULL"],
    "timestamp with time zone": ["timestamptz '2026-01-01'", "timestamptz '2026-02-01'", "NULL"],
    "daterange": [
        "daterange('2026-01-01', '2026-02-01')", "daterange('2026-01-15', NULL)",
        "daterange(NULL, '2026-01-01')", "'empty'::daterange", "NULL",
    ],
    "tstzrange": [
        "tstzrange('2026-01-01', '2026-02-01')", "tstzrange('2026-01-15', NULL)",
        "tstzrange(NULL, '2026-01-01')", "'empty'::tstzrange", "NULL",
    ],
    "jsonb": ["'{}'::jsonb", "NULL"],
    "uuid": ["gen_random_uuid()", "NULL"],
    "array": ["'{}'", "'{x}'", "NULL"],
    "numbers": ["'{}'", "'{1}'", "'{99}'", "NULL"],
    "bytea": ["''::bytea", "'x'::bytea", "NULL"],
    "inet": ["inet '10.0.0.1'", "NULL"],
    "cidr": ["cidr '10.0.0.0/8'", "cidr '10.1.0.0/16'", "NULL"],
}  # fmt: skip
KINDS = {"smallint": "integer", "bigint": "integer", "double precision": "numeric"}


def kind_of(type_name):
    if type_name.endswith("[]"):
        return "array" if kind_of(type_name[:-2]) == "text" else "numbers"
    if type_name.startswith(("character", "text")):
        return "text"
    base = re.sub(r"\(.*\)", "", type_name)
    return KINDS.get(base, base)


def source(columns, types, definition):
    """SQL for every combination of candidate values of these columns."""
    literals = sorted({f"'{word}'" for word in re.findall(r"'([^']*)'", definition)})
    parts = []
    for column in columns:
        kind = kind_of(types[column])
        candidates = [*VALUES[kind], *(literals if kind == "text" else [])]
        digits = re.fullmatch(r"numeric\((\d+),(\d+)\)", types[column])
        if digits and int(digits[1]) - int(digits[2]) < 3:
            candidates.remove("100")
        rows = ", ".join(f"({value}::{types[column]})" for value in candidates)
        parts.append(f'(VALUES {rows}) AS "v_{column}" ("{column}")')
    return " CROSS JOIN ".join(parts)


def found(owner, columns, types, definition, condition):
    """Return the first combination of values for which the condition is true, as literals."""
    names = ", ".join(f'quote_nullable("{column}")' for column in columns)
    return owner.execute(
        f"SELECT {names} FROM {source(columns, types, definition)} WHERE {condition} LIMIT 1"
    ).fetchone()


def clone(owner, table, extra=""):
    """Make an empty copy of a table that has nothing of it but its columns (and `extra`)."""
    owner.execute("DROP TABLE IF EXISTS pg_temp.clone")
    owner.execute(f"CREATE TEMP TABLE clone (LIKE {table} {extra})")
    for (column,) in owner.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_temp.clone'::regclass AND attnum > 0"
        " AND attnotnull AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indisprimary"
        " AND i.indrelid = attrelid AND attnum = ANY(i.indkey))"
    ).fetchall():
        owner.execute(
            sql.SQL("ALTER TABLE pg_temp.clone ALTER {} DROP NOT NULL").format(
                sql.Identifier(column)
            )
        )


def put(owner, columns, types, row, numbers=None):
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(
        f"{value}::{types[column]}" for column, value in zip(columns, row, strict=True)
    )
    owner.execute(f"INSERT INTO pg_temp.clone ({names}) VALUES ({values})")


def our_tables():
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


@pytest.fixture
def owner():
    with database.owner_connection() as connection:
        connection.autocommit = True
        yield connection


def types_of(owner, table):
    return dict(
        owner.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        ).fetchall()
    )


def checks_of(owner, table, columns):
    """The table's checks that speak of nothing but these columns."""
    return [
        f"({check})"
        for (check,) in owner.execute(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'c' AND NOT EXISTS ("
            "   SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey)"
            "   AND attname <> ALL(%s))",
            [table, columns],
        ).fetchall()
    ]


def test_what_the_models_say_is_in_the_database(owner):
    known = {
        name
        for (name,) in owner.execute(
            "SELECT conname FROM pg_constraint WHERE convalidated AND connamespace ="
            " 'public'::regnamespace UNION SELECT relname FROM pg_index i JOIN pg_class c"
            " ON c.oid = i.indexrelid WHERE indisunique AND indisvalid"
        )
    }
    said = {c.name for model in apps.get_models() for c in model._meta.constraints}

    assert said - known == set()


def test_every_check_keeps_something_out_and_lets_something_in(owner):
    checks = owner.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_expr(conbin, conrelid),"
        " ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = conrelid"
        "       AND attnum = ANY(conkey) ORDER BY attnum)"
        " FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        " ORDER BY 1, 2"
    ).fetchall()
    checks = [check for check in checks if check[0] in our_tables()]
    idle = []
    for table, name, expression, columns in checks:
        types = types_of(owner, table)
        refused = found(owner, columns, types, expression, f"({expression}) IS FALSE")
        allowed = found(owner, columns, types, expression, f"({expression}) IS NOT FALSE")
        if refused is None or allowed is None:
            idle.append((name, expression))
            continue
        clone(owner, table)
        put(owner, columns, types, refused)  # without the constraint it goes in
        owner.execute("TRUNCATE pg_temp.clone")
        owner.execute(f'ALTER TABLE pg_temp.clone ADD CONSTRAINT "{name}" CHECK ({expression})')
        with pytest.raises(psycopg.errors.CheckViolation, match=name):
            put(owner, columns, types, refused)
        put(owner, columns, types, allowed)

    assert idle == []
    assert len(checks) > 80


def test_every_unique_and_exclusion_constraint_refuses_the_same_again(owner):
    indexes = owner.execute(
        "SELECT i.indrelid::regclass::text, c.relname,"
        " coalesce(pg_get_expr(i.indpred, i.indrelid), ''),"
        " ARRAY(SELECT DISTINCT a.attname::text FROM pg_depend d JOIN pg_attribute a"
        "   ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        "   WHERE d.objid IN (i.indexrelid, k.oid) AND d.refobjid = i.indrelid ORDER BY 1),"
        " pg_get_indexdef(i.indexrelid)"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('u', 'x')"
        " WHERE (i.indisunique OR i.indisexclusion) AND NOT i.indisprimary"
        "   AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    ).fetchall()
    indexes = [index for index in indexes if index[0] in our_tables()]
    idle = []
    for table, name, condition, columns, definition in indexes:
        types = types_of(owner, table)
        present = " AND ".join(
            f'"{column}" IS NOT NULL'
            + (f' AND NOT isempty("{column}")' if types[column] == "daterange" else "")
            for column in columns
            if not re.search(rf"\(?{column}\)? IS NULL", condition)
        )
        # A range made of two columns may not end where it begins.
        told = checks_of(owner, table, columns) if "int4range(" in definition else []
        wanted = " AND ".join(part for part in (condition, present, *told) if part)
        row = found(owner, columns, types, condition, wanted)
        if row is None:
            idle.append((name, definition))
            continue
        clone(owner, table)
        put(owner, columns, types, row)
        put(owner, columns, types, row)  # without the constraint it goes in twice
        clone(owner, table)
        clause = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = %s AND contype = 'x'",
            [name],
        ).fetchone()
        if clause:
            owner.execute(f'ALTER TABLE pg_temp.clone ADD CONSTRAINT "{name}" {clause[0]}')
        else:
            owner.execute(
                re.sub(r" ON (ONLY )?\S+ USING", " ON pg_temp.clone USING", definition, count=1)
            )
        put(owner, columns, types, row)
        with pytest.raises(psycopg.errors.IntegrityError, match=name):
            put(owner, columns, types, row)

    assert idle == []
    assert len(indexes) > 60
