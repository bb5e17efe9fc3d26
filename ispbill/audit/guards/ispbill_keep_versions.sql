-- Lets a table keep its rows' versions, on update and on delete.
-- Rule: ispbill.audit.queries.history
-- Test: tests/laws/test_guards.py
-- Needs: keep_row_versions
CREATE OR REPLACE FUNCTION ispbill_keep_versions(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_versions_update AFTER UPDATE ON %s'
                   ' REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions()', target);
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_versions_delete AFTER DELETE ON %s'
                   ' REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions()', target);
END
$$;
