"""Every trigger and policy of billing, payments and customers bears load (goal M6).

With the guard a violation is refused (or its consequence written); without it the same violation
gets through. All in transactions that are rolled back. A new trigger that nobody has thought of a
violation for is found by `test_no_trigger_is_left_untried`.
"""

import contextlib
import inspect
from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from django.db import connections
from factory.django import DjangoModelFactory

from tests import database
from tests.architecture.row_level_security import column_rights
from tests.laws.guarding import outcome
from tests.laws.lived_in import live
from tests.laws.money_violations import CASES
from tests.laws.violations import VIOLATIONS, Refused
from tests.resellers import test_guards as partners
from tests.resellers import test_wallet_guards as wallets

# No test of this file writes through Django: the rows stay, and nobody empties them in between.
pytestmark = [pytest.mark.slow, pytest.mark.without_guards]

APPS = ("billing", "customers", "payments", "resellers")
FACTORIES = (
    "accounts", "bank", "billing", "catalogue", "changes", "credits", "customers", "dunning",
    "network", "notifications", "payments", "resellers", "tills",
)  # fmt: skip
CORE = {
    "payments_voucher", "payments_voucherbatch", "payments_voucherlapse", "payments_vouchermoney",
}  # fmt: skip


def is_their_own(table):
    """Online payments, debit orders, the bank, partners: rows whose guards are tried where there
    are better ones (ELSEWHERE)."""
    return table.startswith(("payments_", "resellers_")) and table not in CORE


# Tried in test_money_guards, and for partners' money in tests/resellers/test_guards.
ELSEWHERE = {(case.table, case.trigger) for case in CASES}
ELSEWHERE |= wallets.VIOLATIONS.keys()
ELSEWHERE |= {guard for guard, *_rest in partners.VIOLATIONS.values()} | {
    ("resellers_commission", "commissions_paid_whole"),
    ("resellers_commissionback", "commission_back_moves"),
    ("resellers_payout", "payout_proven"),
    ("customers_subscription", "end_contracts"),  # tests/contracts/services/test_guards.py
    ("billing_payment", "partner_money_returns"),  # tests/resellers/test_money_moves.py
    # tests/webhooks/test_noting.py
    ("billing_invoice", "note_invoice_webhooks"),
    ("billing_payment", "note_payment_webhooks"),
    ("customers_customer", "note_customer_webhooks"),
    ("customers_subscription", "note_service_webhooks"),
}


@pytest.fixture(scope="module")
def owner(django_db_setup, django_db_blocker):
    """The tables' owner over one lived-in company, for all tests of this file."""
    with django_db_blocker.unblock():
        database.empty()
        live()
        for model in apps.get_models():
            if model._meta.app_label in APPS and not model._base_manager.exists():
                _make(model)
        connections["default"].close()
        with database.owner_connection() as connection:
            _fill(connection)
            yield connection
        database.empty()


def _make(model):
    for name in FACTORIES:
        for _name, found in inspect.getmembers(import_module(f"tests.factories.{name}")):
            if (
                inspect.isclass(found)
                and issubclass(found, DjangoModelFactory)
                and found._meta.model is model
            ):
                with contextlib.suppress(Exception):
                    found()
                    return


PLAIN = {
    "numeric": "1", "smallint": "1", "integer": "1", "bigint": "1", "boolean": "false",
    "date": "'2026-01-10'", "timestamp with time zone": "'2026-01-10'", "jsonb": "'{}'",
    "daterange": "'[2026-02-01,2026-03-01)'", "uuid": "gen_random_uuid()", "bytea": "'x'",
}  # fmt: skip
# Where plain values break a check.
SPECIAL = {
    "billing_approval": {"requested_by_id": "1", "status": "'PENDING'", "kind": "'REFUND'"},
    "billing_plannedmove": {"kind": "'TERMINATION'", "span": "'[2026-02-01,)'", "deposit": "''"},
    "billing_periodclose": {
        "first_day": "'2025-11-01'",
        "last_day": "'2025-11-30'",
        "reopen_reason": "''",
    },
    "billing_outagecredit": {"span": "'[2026-01-10,2026-01-11)'"},
    "billing_contractterms": {"fee": "'NONE'", "subscription_id": "1", "customer_id": "1"},
    "billing_handover": {"state": "'OFFERED'"},
    "customers_campaignmember": {"state": "'WAITING'", "why": "''", "dedup_key": "''"},
    "customers_duplicatepair": {"first_id": "1", "second_id": "2"},
    "customers_merge": {"absorbed_id": "1", "survivor_id": "2"},
    "billing_dunningstep": {"action": "'REMIND'", "offset_days": "1"},
}


def _fill(owner):
    """Give every empty table a row of plain values, as it would stand after years of use."""
    owner.execute("SET session_replication_role = replica")
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if not table.startswith(tuple(f"{app}_" for app in APPS)):
            continue
        if owner.execute(f"SELECT FROM {table} LIMIT 1").fetchall():
            continue
        columns = owner.execute(
            "SELECT attname, regexp_replace(format_type(atttypid, NULL), '\\(.*', '')"
            " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull"
            " AND attgenerated = '' AND NOT attisdropped AND attidentity = ''",
            [table],
        ).fetchall()
        given = {
            name: "'{}'" if kind.endswith("[]") else PLAIN.get(kind, "'x'")
            for name, kind in columns
        }
        if "customer_id" in {field.column for field in model._meta.fields}:
            given["customer_id"] = "(SELECT min(id) FROM customers_customer)"
        given |= SPECIAL.get(table, {})
        names = ", ".join(f'"{name}"' for name in given)
        owner.execute("SAVEPOINT plain")
        try:
            owner.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(given.values())})")
        except psycopg.Error as error:
            owner.execute("ROLLBACK TO plain")
            BARE[table] = str(error).splitlines()[0]
    owner.execute("SET session_replication_role = origin")
    owner.commit()


BARE: dict[str, str] = {}


def test_every_table_has_a_row_to_try(owner):
    assert [table for table in BARE if not is_their_own(table)] == []


def triggers(owner):
    """Every trigger of these apps: (table, name, function, for rows?, when)."""
    found = all_triggers(owner)
    return [row for row in found if row[0].startswith(tuple(f"{app}_" for app in APPS))]


def all_triggers(owner):
    found = owner.execute(
        "SELECT t.tgrelid::regclass::text, t.tgname, p.proname, (t.tgtype & 1) = 1, t.tgtype"
        " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        " ORDER BY 1, 2"
    ).fetchall()
    owner.rollback()
    return found


TRUNCATES, DELETES = 32, 8


def kind(trigger):
    """Say how a trigger is tried: by its own violation, or by its kind."""
    table, name, function, is_row, when = trigger
    if (table, name) in VIOLATIONS:
        return "own"
    if when & TRUNCATES:
        return "truncate"
    if function in {"keep_row_versions", "keep_customer_versions"}:
        return "versions"
    if function == "refuse_change" and not is_row:
        return "statement"
    if is_row and when & DELETES and table not in BARE:
        return "row"
    return "elsewhere" if (table, name) in ELSEWHERE else "unknown"


def test_no_trigger_is_left_untried(owner):
    found = triggers(owner)

    assert [trigger[:3] for trigger in found if kind(trigger) == "unknown"] == []
    assert {(table, name) for table, name, *_rest in found} >= VIOLATIONS.keys() | ELSEWHERE
    assert len(found) > 100


@pytest.mark.parametrize("place", list(VIOLATIONS), ids=lambda place: "-".join(place))
def test_a_violation_gets_through_only_without_its_trigger(owner, place):
    violation = VIOLATIONS[place]
    query = None if isinstance(violation, Refused) else violation.query

    with_it = outcome(owner, violation.statements, query=query, before=violation.before)
    without = outcome(
        owner, violation.statements, without=[place], query=query, before=violation.before
    )

    if isinstance(violation, Refused):
        assert with_it.startswith("refused"), "the trigger lets it through"
        assert violation.constraint in with_it
        assert without == "", "something else refuses it too"
    else:
        assert not with_it.startswith("refused")
        assert not without.startswith("refused")
        assert with_it != without


def of_kind(owner, wanted):
    return [trigger for trigger in triggers(owner) if kind(trigger) == wanted]


def test_tables_that_only_grow_are_changed_only_without_their_trigger(owner):
    idle = []
    for table, name, *_rest in of_kind(owner, "statement"):
        statement = [f"SELECT 1; DELETE FROM {table} WHERE false"]
        with_it, without = (
            outcome(owner, statement),
            outcome(owner, statement, without=[(table, name)]),
        )
        if not with_it.startswith("refused") or without:
            idle.append((table, name, with_it, without))

    assert idle == []


def test_rows_that_stay_are_removed_only_without_their_trigger(owner):
    idle = []
    for table, name, *_rest in of_kind(owner, "row"):
        key = owner.execute(
            "SELECT attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = i.indkey[0] WHERE i.indisprimary AND i.indrelid = %s::regclass",
            [table],
        ).fetchone()[0]
        keys = owner.execute(f"SELECT {key} FROM {table} ORDER BY 1 LIMIT 20").fetchall()
        owner.rollback()
        tried = []
        for (value,) in keys:
            statement = [f"DELETE FROM {table} WHERE {key} = {value}"]
            with_it = outcome(owner, statement)
            tried.append((with_it, outcome(owner, statement, without=[(table, name)])))
        if not any(a.startswith("refused") and b == "" for a, b in tried):
            idle.append((table, name, tried[:2]))

    assert idle == []


def test_nobody_truncates_what_a_trigger_keeps(owner):
    """Each alone among all: truncating cascades to tables that have triggers of their own."""
    kept = [row for row in all_triggers(owner) if row[4] & TRUNCATES]
    tried = of_kind(owner, "truncate")
    every = [(table, name) for table, name, *_rest in kept]
    idle = []
    for table, name, *_rest in tried:
        others = [place for place in every if place != (table, name)]
        statement = [f"SELECT 1; TRUNCATE {table} CASCADE"]
        with_it = outcome(owner, statement, without=others)
        if not with_it.startswith("refused"):
            idle.append((table, name, with_it))
    # Without any of them everything goes: nothing else keeps it.
    tables = ", ".join(sorted({table for table, *_rest in tried}))
    without = outcome(owner, [f"SELECT 1; TRUNCATE {tables} CASCADE"], without=every)

    assert (idle, without) == ([], "")


def test_the_row_of_before_is_kept_only_by_its_trigger(owner):
    idle = []
    for table, name, _function, _is_row, when in of_kind(owner, "versions"):
        others = [
            (place[0], place[1])
            for place in triggers(owner)
            if place[0] == table and place[1] != name
        ]
        row = f"ctid = (SELECT min(ctid) FROM {table})"
        statement = (
            f"DELETE FROM {table} WHERE {row}"
            if when & DELETES
            else f"UPDATE {table} SET id = id WHERE {row}"
        )
        query = f"SELECT count(*) FROM audit_rowversion WHERE \"table\" = '{table}'"
        with_it = outcome(owner, [statement], without=others, query=query)
        without = outcome(owner, [statement], without=[*others, (table, name)], query=query)
        if with_it == without or "refused" in with_it + without:
            idle.append((table, name, with_it, without))

    assert idle == []


# --- policies


def tenants(owner):
    found = owner.execute(
        "SELECT p.polrelid::regclass::text, CASE WHEN c.relname = 'customers_customer' THEN 'id'"
        " ELSE 'customer_id' END FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE p.polname = 'own_rows' ORDER BY 1"
    ).fetchall()
    owner.rollback()
    return [row for row in found if row[0].startswith(tuple(f"{app}_" for app in APPS))]


PORTAL = "ispbill_portal"


@contextlib.contextmanager
def standing(owner, change, back):
    """Change something for everybody to see (the portal's role is another connection's)."""
    owner.execute(change)
    owner.commit()
    try:
        yield
    finally:
        owner.execute(back)
        owner.commit()


def seen(table):
    """Count the rows the portal's role sees for nobody in particular."""
    with database.app_connection() as app:
        app.execute("SELECT set_config('app.customer_ids', '{}', true)")
        app.execute(f"SET LOCAL ROLE {PORTAL}")
        return app.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_without_its_policy_a_table_shows_everybody_s_rows_to_the_portal(owner):
    idle, empty = [], []
    for table, _column in tenants(owner):
        own, may_read = owner.execute(
            "SELECT pg_get_expr(polqual, polrelid), has_table_privilege(%s, polrelid, 'SELECT')"
            " FROM pg_policy WHERE polrelid = %s::regclass AND polname = 'own_rows'",
            [PORTAL, table],
        ).fetchone()
        back = "SELECT 1"
        if not may_read:
            back = f"REVOKE SELECT ON {table} FROM {PORTAL}" + "".join(
                f"; GRANT {right} ({columns}) ON {table} TO {PORTAL}"
                for right, columns in column_rights(owner, table, PORTAL)
            )
        owner.rollback()
        policy = f"ALTER POLICY own_rows ON {table} USING"
        lock = f"ALTER TABLE {table}"
        with standing(owner, f"GRANT SELECT ON {table} TO {PORTAL}", back):
            behind = seen(table)
            with standing(owner, f"{policy} (true)", f"{policy} ({own})"):
                opened = seen(table)
            with standing(
                owner, f"{lock} DISABLE ROW LEVEL SECURITY", f"{lock} ENABLE ROW LEVEL SECURITY"
            ):
                unlocked = seen(table)
        if opened == unlocked == 0:
            empty.append(table)
        elif behind or not opened or not unlocked:
            idle.append((table, behind, opened, unlocked))

    assert idle == []
    assert [table for table in empty if table not in BARE] == []


def test_the_portal_s_role_writes_nowhere(owner):
    """What a portal asks for is written by a service, about an object its policies have found."""
    rights = owner.execute(
        "SELECT c.relname, a.attname, r.name FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE']) AS r (name)"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        "   AND has_column_privilege(%s, c.oid, a.attnum, r.name)",
        [PORTAL],
    ).fetchall()
    removable = owner.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(%s, oid, 'DELETE, TRUNCATE')",
        [PORTAL],
    ).fetchall()

    assert (rights, removable) == ([], [])


def test_without_the_house_s_policy_the_house_sees_nothing(owner):
    idle = []
    for table, _column in tenants(owner):
        usual = owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        owner.execute(f"DROP POLICY house ON {table}")
        without = owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        owner.rollback()
        if (not usual and table not in BARE) or without:
            idle.append((table, usual, without))

    assert idle == []
