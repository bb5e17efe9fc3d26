-- Keeps billing_pricestep: the portal reads its own customers' rows; its service is its
-- customer's.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_pricestep', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_pricestep');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON billing_pricestep
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
