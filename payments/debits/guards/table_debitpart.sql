-- Keeps payments_debitpart: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_debitpart', 'customer_id');
CREATE OR REPLACE TRIGGER debit_part_kept_truncate BEFORE TRUNCATE ON payments_debitpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
