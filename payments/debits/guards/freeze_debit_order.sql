-- Refuses to change or remove a debit order that was sent, or a move that is not on its way.
-- Rule: payments.debits.rules.debits
--
-- An order is planned, sent, accepted and answered. Money may come for one that was given up; what
-- was collected goes back only with its payment.
CREATE OR REPLACE FUNCTION freeze_debit_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a debit order is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_is_kept';
    END IF;
    IF (NEW.reference, NEW.batch_id, NEW.mandate_id, NEW.customer_id, NEW.action_date, NEW.attempt)
       IS DISTINCT FROM
       (OLD.reference, OLD.batch_id, OLD.mandate_id, OLD.customer_id, OLD.action_date, OLD.attempt)
       OR (OLD.state <> 'PLANNED' AND NEW.amount <> OLD.amount)
       OR (OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id) THEN
        RAISE EXCEPTION 'order % stays as it was sent', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PLANNED', 'UPLOADED'), ('PLANNED', 'DROPPED'),
        ('UPLOADED', 'ACCEPTED'), ('UPLOADED', 'REJECTED'), ('UPLOADED', 'DROPPED'),
        ('UPLOADED', 'COLLECTED'), ('UPLOADED', 'UNPAID'), ('UPLOADED', 'DISPUTED'),
        ('ACCEPTED', 'COLLECTED'), ('ACCEPTED', 'UNPAID'), ('ACCEPTED', 'DISPUTED'),
        ('ACCEPTED', 'DROPPED'),
        ('REJECTED', 'COLLECTED'), ('DROPPED', 'COLLECTED'),
        ('COLLECTED', 'UNPAID'), ('COLLECTED', 'DISPUTED')) THEN
        RAISE EXCEPTION 'order %: % does not become %', OLD.reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_moves_forward';
    END IF;
    IF NEW.state = 'COLLECTED' AND OLD.state <> 'COLLECTED' AND NOT EXISTS (
        SELECT FROM billing_payment p WHERE p.id = NEW.payment_id
        AND p.customer_id = NEW.customer_id AND p.amount = NEW.amount
        AND p.method = 'DEBIT_ORDER') THEN
        RAISE EXCEPTION 'order % is collected by a payment of its amount', OLD.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'debit_order_collected_by_its_payment';
    END IF;
    IF OLD.state = 'COLLECTED' AND NEW.state <> 'COLLECTED' AND NOT EXISTS (
        SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RAISE EXCEPTION 'order % goes back with its payment only', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_back_with_its_payment';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER debit_order_frozen BEFORE UPDATE OR DELETE ON payments_debitorder
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_order();
