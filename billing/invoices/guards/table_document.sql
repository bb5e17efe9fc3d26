-- Keeps billing_document: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_document', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_document');
