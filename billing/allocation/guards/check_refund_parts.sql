-- Refuses a refund's part that comes after its refund.
-- Rule: payments.online.services.refunds
CREATE OR REPLACE FUNCTION check_refund_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN billing_refund r ON r.id = n.refund_id;
    IF FOUND THEN
        RAISE EXCEPTION 'a refund takes no more parts'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'refund_is_frozen';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER refund_parts_first AFTER INSERT ON billing_refundpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_refund_parts();
