-- Keeps resellers_commission: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('resellers_commission', 'customer_id');
CREATE OR REPLACE TRIGGER commission_kept_truncate BEFORE TRUNCATE ON resellers_commission
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
