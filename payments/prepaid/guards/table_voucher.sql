-- Keeps payments_voucher: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_voucher', 'customer_id');
CREATE OR REPLACE TRIGGER voucher_kept_truncate BEFORE TRUNCATE ON payments_voucher
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
