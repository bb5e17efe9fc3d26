-- Keeps customers_campaignmember: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_campaignmember', 'customer_id');
