-- Keeps billing_packagechange: the portal reads its own customers' rows; its rows are never
-- removed; its service is its customer's.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_packagechange', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_packagechange');
CREATE OR REPLACE TRIGGER own_service AFTER INSERT ON billing_packagechange
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
CREATE OR REPLACE TRIGGER package_change_kept BEFORE DELETE ON billing_packagechange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
