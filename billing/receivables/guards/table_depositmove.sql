-- Keeps billing_depositmove: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_depositmove', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_depositmove');
SELECT ispbill_append_only('billing_depositmove');
