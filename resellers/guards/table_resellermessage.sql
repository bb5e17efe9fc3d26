-- Keeps resellers_resellermessage: it only grows.
-- Test: tests/laws/test_guards.py
SELECT ispbill_append_only('resellers_resellermessage');
