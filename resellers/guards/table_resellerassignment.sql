-- Keeps resellers_resellerassignment: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('resellers_resellerassignment', 'customer_id');
