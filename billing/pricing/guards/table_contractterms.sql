-- Keeps billing_contractterms: the portal reads its own customers' rows; what a row was before is
-- kept; its service is its customer's.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_contractterms', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_contractterms');
SELECT ispbill_keep_versions('billing_contractterms');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON billing_contractterms
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
