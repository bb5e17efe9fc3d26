-- Keeps billing_sellertext: the portal reads it; its rows are written once.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'billing_sellertext');
SELECT ispbill_append_only('billing_sellertext');
