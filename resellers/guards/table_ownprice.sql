-- Keeps resellers_ownprice: what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_keep_versions('resellers_ownprice');
