-- Keeps billing_payment: the portal reads its own customers' rows; it is never emptied; its sums
-- are moved by its documents only; its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
-- Needs: refuse_sum_by_hand
SELECT ispbill_protect('billing_payment', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_payment');
CREATE OR REPLACE TRIGGER payment_allocated_by_allocations BEFORE UPDATE OF allocated_amount ON billing_payment
    FOR EACH ROW WHEN (NEW.allocated_amount <> OLD.allocated_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();
CREATE OR REPLACE TRIGGER payment_kept_truncate BEFORE TRUNCATE ON billing_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER payment_refunded_by_refunds BEFORE UPDATE OF refunded_amount ON billing_payment
    FOR EACH ROW WHEN (NEW.refunded_amount <> OLD.refunded_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();
ALTER TABLE billing_payment SET (fillfactor = 85);  -- its rows are updated in place
