-- Keeps billing_approval: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_approval', 'customer_id');
CREATE OR REPLACE TRIGGER approval_frozen_truncate BEFORE TRUNCATE ON billing_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
