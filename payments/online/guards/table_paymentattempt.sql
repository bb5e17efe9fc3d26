-- Keeps payments_paymentattempt: the portal reads its own customers' rows, and not every column;
-- it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_paymentattempt', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, "order", amount, currency, source, state, started_at, expires_at, '
    'ended_at, paid_amount, instrument, fail_words, account_id, branch_id, '
    'customer_id, payment_id, claimed_at, paid_at)',
    'payments_paymentattempt'
);
CREATE OR REPLACE TRIGGER attempt_kept_truncate BEFORE TRUNCATE ON payments_paymentattempt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
