-- Keeps notifications_message: the portal reads its own customers' rows; its pages keep room for
-- updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('notifications_message', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'notifications_message');
ALTER TABLE notifications_message SET (fillfactor = 80);  -- its rows are updated in place
