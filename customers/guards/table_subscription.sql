-- Keeps customers_subscription: the portal reads its own customers' rows; what a row was before is
-- kept; it is never emptied; its rows are never removed.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_subscription', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_subscription');
SELECT ispbill_keep_versions('customers_subscription');
CREATE OR REPLACE TRIGGER service_kept BEFORE DELETE OR UPDATE OF id ON customers_subscription
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER service_kept_truncate BEFORE TRUNCATE ON customers_subscription
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
