-- Keeps audit_rowversion: its rows are written once.
-- Test: tests/portals/test_guard_proofs.py
SELECT ispbill_append_only('audit_rowversion');
