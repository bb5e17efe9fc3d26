-- Keeps customers_customer: the portal reads its own customers' rows; what a row was before it
-- went is kept; it is never emptied; its rows are never removed.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_customer', 'id');
SELECT ispbill_portal_may('SELECT', 'customers_customer');
CREATE OR REPLACE TRIGGER keep_versions_delete AFTER DELETE ON customers_customer
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions();
CREATE OR REPLACE TRIGGER customer_kept BEFORE DELETE OR UPDATE OF id ON customers_customer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER customer_kept_truncate BEFORE TRUNCATE ON customers_customer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
