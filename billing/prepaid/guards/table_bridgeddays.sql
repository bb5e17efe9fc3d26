-- Keeps billing_bridgeddays: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_bridgeddays', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_bridgeddays');
SELECT ispbill_append_only('billing_bridgeddays');
