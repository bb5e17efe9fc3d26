-- Keeps payments_statementpart: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_statementpart', 'customer_id');
CREATE OR REPLACE TRIGGER statement_part_kept_truncate BEFORE TRUNCATE ON payments_statementpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
