-- Keeps payments_vouchermoney: its rows are written once.
-- Test: tests/laws/test_guards.py
SELECT ispbill_append_only('payments_vouchermoney');
