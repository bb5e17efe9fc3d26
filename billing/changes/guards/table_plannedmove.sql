-- Keeps billing_plannedmove: the portal reads its own customers' rows; what a row was before is
-- kept.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_plannedmove', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_plannedmove');
SELECT ispbill_keep_versions('billing_plannedmove');
