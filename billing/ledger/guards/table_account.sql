-- Keeps billing_account: the portal reads it; it is never emptied; its rows are never removed.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'billing_account');
CREATE OR REPLACE TRIGGER account_kept BEFORE DELETE OR UPDATE OF code ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER account_kept_truncate BEFORE TRUNCATE ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
