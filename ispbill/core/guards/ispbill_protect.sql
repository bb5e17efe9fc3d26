-- Puts a customer's table behind two policies: the house sees every row, the portal its own
-- customers'.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
-- Needs: ispbill_app_role, ispbill_portal_role, portal_customers
--
-- The comparison is an index condition (no OR, no join), so a forgotten filter stays fast too.
CREATE OR REPLACE FUNCTION ispbill_protect(target regclass, customer_column name) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('DROP POLICY IF EXISTS house ON %s', target);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON %s', target);
    EXECUTE format('CREATE POLICY house ON %s TO %I USING (true) WITH CHECK (true)',
                   target, current_user);
    IF ispbill_app_role() <> current_user THEN
        EXECUTE format('ALTER POLICY house ON %s TO %I, %I',
                       target, current_user, ispbill_app_role());
    END IF;
    EXECUTE format(
        'CREATE POLICY own_rows ON %1$s TO %2$I '
        'USING (%3$I = ANY ((SELECT portal_customers())::bigint[])) '
        'WITH CHECK (%3$I = ANY ((SELECT portal_customers())::bigint[]))',
        target, ispbill_portal_role(), customer_column);
END
$$;
