-- Keeps resellers_walletrenewal: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('resellers_walletrenewal', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'resellers_walletrenewal');
