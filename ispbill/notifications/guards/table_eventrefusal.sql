-- Keeps notifications_eventrefusal: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('notifications_eventrefusal', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'notifications_eventrefusal');
