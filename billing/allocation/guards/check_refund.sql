-- Refuses a refund that is not the sum of its parts, or of payments that are not completed.
-- Rule: payments.online.services.refunds
CREATE OR REPLACE FUNCTION check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts record;
    moved bigint;
BEGIN
    SELECT sum(amount) AS amount, count(*) AS count, bool_and(customer_id = NEW.customer_id) AS own
        INTO parts FROM billing_refundpart WHERE refund_id = NEW.id;
    IF parts.amount IS DISTINCT FROM NEW.amount OR parts.own IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'refund % is not the sum of its parts', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_the_sum_of_its_parts';
    END IF;
    PERFORM 1 FROM billing_payment p JOIN billing_refundpart r ON r.payment_id = p.id
        WHERE r.refund_id = NEW.id ORDER BY p.id FOR NO KEY UPDATE OF p;
    UPDATE billing_payment p SET refunded_amount = p.refunded_amount + r.amount
        FROM billing_refundpart r
        WHERE r.refund_id = NEW.id AND p.id = r.payment_id AND p.customer_id = NEW.customer_id
          AND p.status = 'COMPLETED';
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> parts.count THEN
        RAISE EXCEPTION 'only completed payments of the customer are refunded'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_completed_payments';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER refund_holds AFTER INSERT ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION check_refund();
