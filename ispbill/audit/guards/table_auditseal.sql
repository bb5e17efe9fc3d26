-- Keeps audit_auditseal: its rows are written once.
-- Test: tests/audit/test_seals.py
SELECT ispbill_append_only('audit_auditseal');
