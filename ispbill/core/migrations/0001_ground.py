"""Extensions, roles' rights, and the SQL every app's guards are made with."""

from django.db import migrations

RIGHTS = """
-- The app role reads and writes; the portal role gets only what each app grants it below.
DO $$
DECLARE
    app_role text := coalesce(nullif(current_setting('ispbill.app_role', true), ''), current_user);
BEGIN
    IF app_role <> current_user THEN
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app_role);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I', app_role);
        EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app_role);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', app_role);
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', app_role);
    END IF;
END $$;
"""

FUNCTIONS = """
CREATE FUNCTION ispbill_app_role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('ispbill.app_role', true), ''), current_user::text)
$$;

CREATE FUNCTION ispbill_portal_role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('ispbill.portal_role', true), ''), 'ispbill_portal')
$$;

-- The customers the present portal transaction may see; none when nothing is set.
CREATE FUNCTION portal_customers() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.customer_ids', true), '')::bigint[]
$$;

-- Row-level security for a customer-owned table: one policy for the house, one for the portal.
-- The comparison is an index condition (no OR, no join), so a forgotten filter stays fast too.
CREATE FUNCTION ispbill_protect(target regclass, customer_column name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY house ON %s TO %I USING (true) WITH CHECK (true)', target, current_user);
    IF ispbill_app_role() <> current_user THEN
        EXECUTE format('ALTER POLICY house ON %s TO %I, %I', target, current_user, ispbill_app_role());
    END IF;
    EXECUTE format(
        'CREATE POLICY own_rows ON %1$s TO %2$I '
        'USING (%3$I = ANY ((SELECT portal_customers())::bigint[])) '
        'WITH CHECK (%3$I = ANY ((SELECT portal_customers())::bigint[]))',
        target, ispbill_portal_role(), customer_column);
END $$;

-- What the portal role may do with a table: 'SELECT', 'SELECT, INSERT' …
CREATE FUNCTION ispbill_portal_may(privileges text, target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT %s ON %s TO %I', privileges, target, ispbill_portal_role());
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', ispbill_portal_role());
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;

-- Append-only: no update, delete or truncate by anybody, and the app role loses the rights too.
CREATE FUNCTION ispbill_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
    IF ispbill_app_role() <> current_user THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', target, ispbill_app_role());
    END IF;
END $$;

-- The business moment a transaction works at (audit trail), or the real one.
CREATE FUNCTION ispbill_at() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(nullif(current_setting('app.at', true), '')::timestamptz, clock_timestamp())
$$;
"""

DROP = """
DROP FUNCTION ispbill_at, ispbill_append_only, refuse_change, ispbill_portal_may,
    ispbill_protect, portal_customers, ispbill_portal_role, ispbill_app_role;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist;",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP),
    ]
