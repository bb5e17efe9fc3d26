-- Keeps payments_referralreward: the portal sees nothing of it; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_referralreward', 'customer_id');
CREATE OR REPLACE TRIGGER referral_reward_kept_truncate BEFORE TRUNCATE ON payments_referralreward
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
