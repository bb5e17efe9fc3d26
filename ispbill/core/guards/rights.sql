-- Gives the app role the rights to read and write every table, those to come included; the portal
-- role gets only what each table's file says.
-- Test: tests/architecture/test_row_level_security.py
--
-- Once, with the first migration: a table that only grows has taken rights away since.
DO $$
DECLARE
    app_role text := coalesce(nullif(current_setting('ispbill.app_role', true), ''), current_user);
BEGIN
    IF app_role = current_user OR EXISTS (
        SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
        WHERE d.defaclnamespace = 'public'::regnamespace AND d.defaclobjtype = 'r'
          AND d.defaclrole = current_user::regrole AND a.grantee = app_role::regrole)
    THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I',
                   app_role);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app_role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public'
                   ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', app_role);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public'
                   ' GRANT USAGE, SELECT ON SEQUENCES TO %I', app_role);
END
$$;
