-- Keeps billing_acceptedfinding: the portal sees nothing of it; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_acceptedfinding', 'customer_id');
SELECT ispbill_append_only('billing_acceptedfinding');
