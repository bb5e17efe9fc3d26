-- Keeps billing_schedule: the portal reads its own customers' rows; its service is its customer's;
-- its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_schedule', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_schedule');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON billing_schedule REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
ALTER TABLE billing_schedule SET (fillfactor = 50);  -- its rows are updated in place
