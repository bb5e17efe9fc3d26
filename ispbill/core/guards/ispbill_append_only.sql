-- Lets a table only grow: nobody updates, deletes or truncates, and the app role loses the rights
-- too.
-- Test: tests/laws/test_guards.py
-- Needs: ispbill_app_role, refuse_change
CREATE OR REPLACE FUNCTION ispbill_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
    IF ispbill_app_role() <> current_user THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', target, ispbill_app_role());
    END IF;
END
$$;
