-- Keeps billing_deposit: the portal reads its own customers' rows; its sums are moved by its
-- documents only.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
-- Needs: refuse_sum_by_hand
SELECT ispbill_protect('billing_deposit', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_deposit');
CREATE OR REPLACE TRIGGER deposit_held_by_moves BEFORE INSERT OR UPDATE OR DELETE ON billing_deposit
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_sum_by_hand();
