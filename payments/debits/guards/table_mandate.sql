-- Keeps payments_mandate: the portal reads its own customers' rows, and not every column; it is
-- never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_mandate', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, account_reference, state, state_reason, need, frequency, debit_day, '
    'ceiling_amount, currency, url, asked_at, signed_at, ended_at, failures, '
    'customer_id, method_id)',
    'payments_mandate'
);
CREATE OR REPLACE TRIGGER mandate_kept_truncate BEFORE TRUNCATE ON payments_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
