-- Keeps audit_auditevent: the portal sees nothing of it; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/audit/test_seals.py
SELECT ispbill_protect('audit_auditevent', 'customer_id');
SELECT ispbill_append_only('audit_auditevent');
