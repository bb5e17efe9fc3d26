-- Keeps accounts_branch: the portal reads it; what a row was before is kept; its rows are never
-- removed.
-- Test: tests/billing/ledger/test_ledger_guards.py
SELECT ispbill_portal_may('SELECT', 'accounts_branch');
SELECT ispbill_keep_versions('accounts_branch');
CREATE OR REPLACE TRIGGER branch_kept BEFORE DELETE OR UPDATE OF id ON accounts_branch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
