"""What the catalogue says about the third lock, for tests and for taking a guard away."""

from dataclasses import dataclass

# A table with a customer's rows: the column that says whose (the first one, where two are named).
TENANT_TABLES = """
    SELECT DISTINCT ON (c.relname)
           c.relname, CASE WHEN c.relname = 'customers_customer' THEN 'id' ELSE a.attname END
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND (
        a.attname = 'customer_id'
        OR (c.relname = 'customers_customer' AND a.attname = 'id')
        OR EXISTS (SELECT FROM pg_constraint f
                   WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)
                     AND f.confrelid = 'customers_customer'::regclass
                     AND c.relname <> 'customers_customer'))
    ORDER BY 1, a.attname <> 'customer_id', a.attnum
"""

POLICIES = """
    SELECT p.polname, p.polcmd::text, p.polpermissive,
           array(SELECT rolname::text FROM pg_roles WHERE oid = ANY (p.polroles) ORDER BY 1),
           pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    FROM pg_policy p WHERE p.polrelid = %s::regclass ORDER BY 1
"""


@dataclass(frozen=True)
class Tenant:
    """A customer-owned table and its customer column."""

    table: str
    column: str


def tenants(connection) -> list[Tenant]:
    """Return every customer-owned table there is."""
    return [Tenant(*row) for row in connection.execute(TENANT_TABLES).fetchall()]


def gaps(connection, *, portal: str, house: set[str]) -> list[str]:
    """Return what is missing of the third lock, one sentence each; [] when nothing is."""
    found = []
    for tenant in tenants(connection):
        enabled, forced = connection.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [tenant.table],
        ).fetchone()
        if not (enabled and forced):
            found.append(f"{tenant.table}: row-level security is not forced")
        own = (
            f"({tenant.column} = ANY (( SELECT portal_customers() AS portal_customers)::bigint[]))"
        )
        wanted = [
            ("house", "*", True, sorted(house), "true", "true"),
            ("own_rows", "*", True, [portal], own, own),
        ]
        policies = connection.execute(POLICIES, [tenant.table]).fetchall()
        if policies != wanted:
            found.append(f"{tenant.table}: policies are {policies}")
    return found


def column_rights(owner, table, role):
    """A role's rights on single columns, which revoking the table's rights takes away too."""
    return owner.execute(
        """
        SELECT x.privilege_type, string_agg(quote_ident(a.attname), ', ')
        FROM pg_attribute a, aclexplode(a.attacl) x
        WHERE a.attrelid = %s::regclass AND x.grantee = %s::regrole
        GROUP BY 1
        """,
        [table, role],
    ).fetchall()
