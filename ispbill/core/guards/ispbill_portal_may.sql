-- Says all that the portal role may do with a table ('SELECT', 'SELECT (id, name)'), and takes
-- away whatever else it could.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
-- Needs: ispbill_portal_role
CREATE OR REPLACE FUNCTION ispbill_portal_may(privileges text, target regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %s FROM %I', target, ispbill_portal_role());
    EXECUTE format('GRANT %s ON %s TO %I', privileges, target, ispbill_portal_role());
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', ispbill_portal_role());
END
$$;
