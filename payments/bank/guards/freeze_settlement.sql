-- Refuses to change a gateway's payout once it is booked.
-- Rule: payments.bank.services.booking
--
-- A booked payout stays as it was booked, and its lines; only an unknown one becomes known.
CREATE OR REPLACE FUNCTION freeze_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'BOOKED' THEN
        RAISE EXCEPTION 'payout % is booked', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'settlement_is_frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE OR REPLACE TRIGGER settlement_frozen BEFORE UPDATE OR DELETE ON payments_settlementimport
    FOR EACH ROW EXECUTE FUNCTION freeze_settlement();
