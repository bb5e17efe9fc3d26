-- Keeps tickets_comment: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_comment', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'tickets_comment');
