-- Keeps billing_dunningevent: the portal sees nothing of it; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_dunningevent', 'customer_id');
SELECT ispbill_append_only('billing_dunningevent');
