-- Keeps customers_subscriptionaddon: the portal reads its own customers' rows; what a row was
-- before is kept; its service is its customer's.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
-- Needs: check_service_is_the_customers
SELECT ispbill_protect('customers_subscriptionaddon', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_subscriptionaddon');
SELECT ispbill_keep_versions('customers_subscriptionaddon');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON customers_subscriptionaddon
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
