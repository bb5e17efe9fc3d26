-- Keeps payments_debitorder: the portal reads its own customers' rows, and not every column; it is
-- never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_debitorder', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, reference, amount, action_date, attempt, state, reason_code, reason, '
    'is_retried, created_at, ended_at, customer_id, mandate_id)',
    'payments_debitorder'
);
CREATE OR REPLACE TRIGGER debit_order_kept_truncate BEFORE TRUNCATE ON payments_debitorder
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
