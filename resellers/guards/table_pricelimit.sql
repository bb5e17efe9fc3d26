-- Keeps resellers_pricelimit: what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_keep_versions('resellers_pricelimit');
