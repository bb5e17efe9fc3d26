-- Keeps payments_statementsuggestion: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_statementsuggestion', 'customer_id');
