-- Refuses to change what a gateway is asked to send back, or to move it back.
-- Rule: payments.online.services.refunding
CREATE OR REPLACE FUNCTION freeze_gateway_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW."order", NEW.attempt_id, NEW.refund_id, NEW.customer_id, NEW.amount)
          IS DISTINCT FROM (OLD."order", OLD.attempt_id, OLD.refund_id, OLD.customer_id, OLD.amount)
       OR (OLD.state IN ('DONE', 'REFUSED') AND NEW.state <> OLD.state)
       OR (OLD.is_sent AND NOT NEW.is_sent) THEN
        RAISE EXCEPTION 'refund % cannot change like this', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'gateway_refund_moves_forward';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER gateway_refund_frozen BEFORE UPDATE OR DELETE ON payments_gatewayrefund
    FOR EACH ROW EXECUTE FUNCTION freeze_gateway_refund();
