-- Keeps billing_dayclose: its rows are written once.
-- Test: tests/laws/test_guards.py
SELECT ispbill_append_only('billing_dayclose');
