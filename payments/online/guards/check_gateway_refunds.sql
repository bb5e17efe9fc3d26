-- Refuses to send more back through a gateway than came through it.
-- Rule: payments.online.services.refunding
--
-- Never more sent back through a gateway than came through it.
CREATE OR REPLACE FUNCTION check_gateway_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM payments_paymentattempt a WHERE a.id = NEW.attempt_id FOR NO KEY UPDATE;
    IF (SELECT coalesce(sum(r.amount), 0) FROM payments_gatewayrefund r
        WHERE r.attempt_id = NEW.attempt_id AND r.state <> 'REFUSED')
       > (SELECT coalesce(a.owed_amount, a.paid_amount, 0) FROM payments_paymentattempt a
          WHERE a.id = NEW.attempt_id) THEN
        RAISE EXCEPTION 'more would go back than came'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'gateway_refunds_within_payment';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER gateway_refund_within AFTER INSERT ON payments_gatewayrefund
    FOR EACH ROW EXECUTE FUNCTION check_gateway_refunds();
