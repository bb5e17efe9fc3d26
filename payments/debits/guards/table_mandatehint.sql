-- Keeps payments_mandatehint: the portal sees nothing of it; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_mandatehint', 'customer_id');
SELECT ispbill_append_only('payments_mandatehint');
