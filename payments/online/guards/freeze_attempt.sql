-- Refuses to change what a payment attempt asked for, to move it back, or to remove it.
-- Rule: payments.online.rules.attempts
--
-- What was asked never changes; the state moves along these pairs only. Money may come late, so
-- failed, cancelled and expired ones can still be settled. A settled one is only reversed, and
-- then with its payment.
CREATE OR REPLACE FUNCTION freeze_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment attempt is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_is_kept';
    END IF;
    IF (NEW."order", NEW.account_id, NEW.customer_id, NEW.amount, NEW.currency, NEW.invoices,
        NEW.source, NEW.idempotency_key, NEW.started_at)
       IS DISTINCT FROM
       (OLD."order", OLD.account_id, OLD.customer_id, OLD.amount, OLD.currency, OLD.invoices,
        OLD.source, OLD.idempotency_key, OLD.started_at)
       OR (OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id)
       OR (OLD.owed_amount IS NOT NULL AND NEW.owed_amount IS DISTINCT FROM OLD.owed_amount) THEN
        RAISE EXCEPTION 'what was asked of % never changes', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('STARTED', 'OPEN'), ('STARTED', 'FAILED'), ('STARTED', 'EXPIRED'),
        ('STARTED', 'SETTLED'), ('STARTED', 'HELD'), ('STARTED', 'MISMATCH'),
        ('STARTED', 'CANCELLED'),
        ('OPEN', 'SETTLED'), ('OPEN', 'HELD'), ('OPEN', 'MISMATCH'), ('OPEN', 'FAILED'),
        ('OPEN', 'CANCELLED'), ('OPEN', 'EXPIRED'),
        ('FAILED', 'SETTLED'), ('FAILED', 'HELD'), ('FAILED', 'MISMATCH'),
        ('CANCELLED', 'SETTLED'), ('CANCELLED', 'HELD'), ('CANCELLED', 'MISMATCH'),
        ('EXPIRED', 'SETTLED'), ('EXPIRED', 'HELD'), ('EXPIRED', 'MISMATCH'),
        ('EXPIRED', 'FAILED'), ('EXPIRED', 'CANCELLED'),
        ('HELD', 'SETTLED'), ('HELD', 'REFUSED'),
        ('MISMATCH', 'SETTLED'), ('MISMATCH', 'REFUSED'),
        ('REFUSED', 'SETTLED'),
        ('SETTLED', 'REVERSED')) THEN
        RAISE EXCEPTION 'attempt %: % does not become %', OLD."order", OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves_forward';
    END IF;
    IF OLD.state = 'REFUSED' AND NEW.state = 'SETTLED' AND EXISTS (
        SELECT FROM payments_gatewayrefund r
        WHERE r.attempt_id = NEW.id AND r.refund_id IS NULL AND r.state <> 'REFUSED') THEN
        RAISE EXCEPTION 'the money of attempt % went back', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_sent_back_is_not_credited';
    END IF;
    IF NEW.state = 'SETTLED' AND NOT EXISTS (
        SELECT FROM billing_payment p WHERE p.id = NEW.payment_id
        AND p.customer_id = NEW.customer_id AND p.amount = NEW.paid_amount) THEN
        RAISE EXCEPTION 'attempt % is settled by its own payment', OLD."order"
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_settled_by_its_payment';
    END IF;
    IF NEW.state = 'REVERSED' AND OLD.state <> 'REVERSED' AND NOT EXISTS (
        SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RAISE EXCEPTION 'attempt % goes back with its payment only', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_back_with_its_payment';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER attempt_frozen BEFORE UPDATE OR DELETE ON payments_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION freeze_attempt();
