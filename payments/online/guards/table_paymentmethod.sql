-- Keeps payments_paymentmethod: the portal reads its own customers' rows, and not every column.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_paymentmethod', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, key, kind, label, holder, is_primary, created_at, removed_at, '
    'customer_id)',
    'payments_paymentmethod'
);
