-- Keeps billing_journalentry: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_journalentry', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_journalentry');
SELECT ispbill_append_only('billing_journalentry');
