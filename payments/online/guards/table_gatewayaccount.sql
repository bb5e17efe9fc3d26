-- Keeps payments_gatewayaccount: the portal reads it, and not every column.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may(
    'SELECT (id, slug, provider, name, is_enabled, "position")',
    'payments_gatewayaccount'
);
