-- Keeps core_installedguard: the role that serves requests reads what was installed, and writes
-- nothing of it.
-- Test: tests/core/test_guard_files.py
-- Needs: ispbill_app_role, rights
DO $$
BEGIN
    IF ispbill_app_role() <> current_user THEN
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON core_installedguard FROM %I',
                       ispbill_app_role());
    END IF;
END
$$;
