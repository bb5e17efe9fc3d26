-- Keeps customers_call: the portal sees nothing of it; a call is never deleted.
-- Rule: ispbill.core.rls
-- Test: tests/customers/services/test_calls.py
SELECT ispbill_protect('customers_call', 'customer_id');
CREATE OR REPLACE TRIGGER call_kept BEFORE DELETE ON customers_call
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER call_kept_truncate BEFORE TRUNCATE ON customers_call
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
