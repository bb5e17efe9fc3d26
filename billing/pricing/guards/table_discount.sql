-- Keeps billing_discount: the portal reads its own customers' rows; what a row was before is kept;
-- its service is its customer's.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_discount', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_discount');
SELECT ispbill_keep_versions('billing_discount');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON billing_discount
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
