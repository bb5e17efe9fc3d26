-- Keeps billing_refund: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_refund', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_refund');
SELECT ispbill_append_only('billing_refund');
