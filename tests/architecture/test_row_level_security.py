"""The third lock, from outside: whatever a portal request asks, it gets its own rows.

The numbers are those of the reliability plan: R-01 catalogue, R-02 the suite runs as the app role,
R-03 raw SQL, R-04 threads over a pool, R-05 nothing is left behind, R-06 each guard is missed.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from customers.models import Customer, CustomerLogin
from ispbill.core import rls
from tests.architecture import row_level_security as lock
from tests.database import app_connection, owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

PORTAL = settings.PORTAL_ROLE
HOUSE = {settings.DATABASES["default"]["USER"], settings.DATABASES["owner"]["USER"]}
# What the portal may read that belongs to nobody in particular.
SHARED = {
    "payments_debitsettings",  # whether debit orders are offered
    "billing_dunningpolicy",
    "billing_dunningstep",
    "billing_holiday",
    "tickets_category",
    "accounts_branch",
    "billing_account",
    "billing_sellertext",
    "core_company",
    "core_simulatedclock",
    "customers_addon",
    "customers_area",
    "customers_ottapp",
    "customers_package",
    "customers_package_ott_apps",
    "customers_packageprice",
    "customers_taxclass",
    "customers_taxrate",
    "network_fuprule",
    "network_speedtestsettings",
}


@pytest.fixture
def fixture(settings, tmp_path):
    """The e2e company: a few rows of (nearly) everything."""
    settings.SANDBOX_DIR = tmp_path
    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO(), stderr=StringIO())


# ---


def test_every_table_with_customers_rows_is_locked():
    with owner_connection() as owner:
        assert lock.gaps(owner, portal=PORTAL, house=HOUSE) == []
        assert len(lock.tenants(owner)) > 15


def test_the_suite_and_the_product_run_as_a_role_that_policies_bind():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles"
            " WHERE rolname IN (current_user, %s) ORDER BY 1",
            [PORTAL],
        )
        roles = cursor.fetchall()

    assert roles == [(settings.DATABASES["default"]["USER"], False, False), (PORTAL, False, False)]


def test_the_portal_role_reads_own_rows_and_a_written_list_of_shared_tables():
    with owner_connection() as owner:
        readable = {
            row[0]
            for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                " AND has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), 'SELECT')",
                [PORTAL],
            )
        }
        tenants = {tenant.table for tenant in lock.tenants(owner)}

    assert readable - tenants == SHARED & readable
    assert readable >= SHARED


def test_the_portal_role_may_truncate_nothing():
    """TRUNCATE asks no policy."""
    with owner_connection() as owner:
        able = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), 'TRUNCATE')",
            [PORTAL],
        ).fetchall()

    assert able == []


def test_no_view_of_customers_rows_bypasses_the_policies():
    with owner_connection() as owner:
        views = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND (c.relkind = 'm' OR (c.relkind = 'v'"
            " AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)))"
            " AND has_table_privilege(%s, c.oid, 'SELECT')",
            [PORTAL],
        ).fetchall()

    assert views == []


@pytest.mark.parametrize(
    "theft",
    [
        "DROP POLICY own_rows ON {}",
        "DROP POLICY house ON {}",
        "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY generous ON {} TO public USING (true)",
        "ALTER POLICY own_rows ON {} USING (true)",
        "ALTER POLICY own_rows ON {} WITH CHECK (true)",
    ],
)
def test_each_guard_is_missed_on_each_table(theft):
    with owner_connection() as owner:
        for tenant in lock.tenants(owner):
            with owner.transaction(force_rollback=True):
                owner.execute(theft.format(tenant.table))
                missed = lock.gaps(owner, portal=PORTAL, house=HOUSE)

            assert missed, tenant.table
            assert {line.split(":")[0] for line in missed} == {tenant.table}


# --- raw SQL, with every right granted and every trigger asleep, so that only policies speak

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def only_policies():
    """Give the portal role every right on every customer-owned table, and switch triggers off."""
    with owner_connection(autocommit=True) as owner:
        tenants = lock.tenants(owner)
        had = {
            tenant.table: [
                right
                for right in RIGHTS
                if owner.execute(
                    "SELECT has_table_privilege(%s, %s, %s)", [PORTAL, tenant.table, right]
                ).fetchone()[0]
            ]
            for tenant in tenants
        }
        by_column = {
            tenant.table: lock.column_rights(owner, tenant.table, PORTAL) for tenant in tenants
        }
        for tenant in tenants:
            owner.execute(f"GRANT {', '.join(RIGHTS)} ON {tenant.table} TO {PORTAL}")
            owner.execute(f"ALTER TABLE {tenant.table} DISABLE TRIGGER USER")
        try:
            yield tenants
        finally:
            for tenant in tenants:
                owner.execute(f"REVOKE ALL ON {tenant.table} FROM {PORTAL}")
                if had[tenant.table]:
                    owner.execute(
                        f"GRANT {', '.join(had[tenant.table])} ON {tenant.table} TO {PORTAL}"
                    )
                for right, columns in by_column[tenant.table]:
                    owner.execute(f"GRANT {right} ({columns}) ON {tenant.table} TO {PORTAL}")
                owner.execute(f"ALTER TABLE {tenant.table} ENABLE TRIGGER USER")


def affected(app, statement, ids):
    """How many rows a statement reaches as the portal, told these customers; then undone."""
    with app.transaction(force_rollback=True):
        app.execute("SELECT set_config('app.customer_ids', %s, true)", [f"{{{','.join(ids)}}}"])
        app.execute(f"SET LOCAL ROLE {PORTAL}")
        return app.execute(statement).rowcount


def rows_of(app, tenant):
    """Two customers with rows in this table, and how many rows each has."""
    return app.execute(
        f"SELECT {tenant.column}, count(*) FROM {tenant.table}"
        f" WHERE {tenant.column} IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT 2"
    ).fetchall()


def reached(app, statement, ids):
    """Like `affected`, where rows that something else holds on to count as reached."""
    try:
        return affected(app, statement, ids)
    except psycopg.errors.ForeignKeyViolation:
        return "held"


def test_raw_sql_reaches_own_rows_and_nobody_elses(fixture, only_policies):
    checked = []
    with app_connection() as app:
        for tenant in only_policies:
            found = rows_of(app, tenant)
            if len(found) < 2:
                continue
            (own, count), (other, _count) = found
            for command in (
                f"SELECT 1 FROM {tenant.table}",
                f"UPDATE {tenant.table} SET {tenant.column} = {tenant.column}",
                f"DELETE FROM {tenant.table}",
            ):
                if tenant.column == "id" and command.startswith("UPDATE"):
                    command = f"UPDATE {tenant.table} SET name = name"
                mine, theirs = (f"{command} WHERE {tenant.column} = {pk}" for pk in (own, other))
                assert reached(app, mine, [str(own)]) in (count, "held"), mine
                assert reached(app, theirs, [str(own)]) == 0, theirs
                assert reached(app, mine, []) == 0, mine
                assert reached(app, command, [str(own)]) in (count, "held"), command
            checked.append(tenant.table)

    assert len(checked) >= 10, checked


def test_raw_sql_writes_no_row_for_somebody_else(only_policies):
    """A policy is asked before any other constraint, so an incomplete row will do."""
    with app_connection() as app:
        for tenant in only_policies:
            answers = [insert(app, tenant, 1, ids) for ids in (["1"], ["2"], [])]

            assert answers[0] != "policy", tenant.table
            assert answers[1:] == ["policy", "policy"], tenant.table


def test_raw_sql_gives_no_own_row_away(fixture, only_policies):
    with app_connection() as app:
        for tenant in only_policies:
            found = rows_of(app, tenant)
            if len(found) < 2 or tenant.column == "id":
                continue
            own, other = found[0][0], found[1][0]
            gift = f"UPDATE {tenant.table} SET {tenant.column} = {other}"
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="policy"):
                affected(app, gift, [str(own)])


def insert(app, tenant, customer_id, ids):
    """Try to write a row of `customer_id`; return who said no: "policy", "table" or nobody."""
    statement = f"INSERT INTO {tenant.table} ({tenant.column}) VALUES ({customer_id})"
    try:
        affected(app, statement, ids)
    except psycopg.errors.InsufficientPrivilege as error:
        return "policy" if "row-level security policy" in str(error) else str(error)
    except psycopg.errors.IntegrityError:
        return "table"
    return ""


# ---


def test_threads_over_a_small_pool_never_see_each_others_rows():
    pairs = [SubscriptionFactory().customer_id for _i in range(2)]
    asked = int(os.environ.get("RLS_QUERIES", "3000"))
    database = connections["default"].settings_dict
    connection.close()
    before = (database["OPTIONS"].get("pool"), database["CONN_MAX_AGE"])
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4, "timeout": 60}
    database["CONN_MAX_AGE"] = 0

    def request(number):
        mine = pairs[number % 2]
        try:
            with rls.as_portal([mine]):
                inside = set(Customer.objects.values_list("pk", flat=True))
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT current_user::text, current_setting('app.customer_ids', true)"
                )
                outside = cursor.fetchone()
        finally:
            connection.close()
        return inside == {mine} and outside == (settings.DATABASES["default"]["USER"], "")

    try:
        with ThreadPoolExecutor(32) as threads:
            answers = list(threads.map(request, range(asked)))
        connections["default"].close_pool()
    finally:
        database["CONN_MAX_AGE"] = before[1]
        database["OPTIONS"].pop("pool")
    assert answers == [True] * asked


# ---


def context():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('app.customer_ids', true)")
        role, ids = cursor.fetchone()
    return role, ids or ""


CLEAN = (settings.DATABASES["default"]["USER"], "")


def test_an_exception_leaves_no_context():
    with pytest.raises(ZeroDivisionError), rls.as_portal([1]):
        raise ZeroDivisionError

    assert context() == CLEAN


def test_a_database_error_leaves_no_context():
    with (
        pytest.raises(Exception, match="division"),
        rls.as_portal([1]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")

    assert context() == CLEAN


def test_a_statement_timeout_leaves_no_context():
    with (
        pytest.raises(Exception, match="timeout"),
        rls.as_portal([1]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        cursor.execute("SELECT pg_sleep(2)")

    assert context() == CLEAN


def test_a_killed_connection_leaves_no_context():
    with (
        pytest.raises(Exception, match="terminat|closed|lost"),
        rls.as_portal([1]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        with app_connection(autocommit=True) as rival:
            rival.execute("SELECT pg_terminate_backend(%s)", [pid])
        cursor.execute("SELECT 1")

    connection.close()
    assert context() == CLEAN


def test_without_context_the_portal_role_sees_nothing():
    CustomerFactory()

    with rls.as_portal([]):
        assert list(Customer.objects.all()) == []


def test_a_portal_view_runs_under_the_lock(monkeypatch):
    """The own accounts come from the guard: nothing in the view has to remember a filter."""
    from django.http import JsonResponse
    from django.test import RequestFactory

    from ispbill.accounts.access import customer_only

    own, _other = CustomerFactory(), CustomerFactory()
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=own)

    @customer_only
    def forgetful(_request):
        return JsonResponse({"seen": list(Customer.objects.values_list("pk", flat=True))})

    request = RequestFactory().get("/portal/")
    request.user = user

    assert json.loads(forgetful(request).content) == {"seen": [own.pk]}
    assert context() == CLEAN
    assert Client().get("/portal/login").status_code == 200
