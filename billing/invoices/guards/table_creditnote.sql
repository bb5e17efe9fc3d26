-- Keeps billing_creditnote: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_creditnote', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_creditnote');
SELECT ispbill_append_only('billing_creditnote');
