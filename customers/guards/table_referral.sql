-- Keeps customers_referral: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_referral', 'referrer_id');
CREATE OR REPLACE TRIGGER referral_kept_truncate BEFORE TRUNCATE ON customers_referral
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
