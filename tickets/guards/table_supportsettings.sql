-- Keeps tickets_supportsettings: what a row was before is kept.
-- Test: tests/audit/test_history.py
SELECT ispbill_keep_versions('tickets_supportsettings');
