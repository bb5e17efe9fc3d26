-- Refuses to change a booked payout's lines; only an unknown one becomes known.
-- Rule: payments.bank.services.payout_matching
CREATE OR REPLACE FUNCTION freeze_settlement_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named constant text[] := ARRAY['state', 'payment_id', 'attempt_id', 'matched_at',
                                    'matched_by_id'];
    decided constant text[] := ARRAY['became', 'rest_payment_id', 'matched_at', 'matched_by_id'];
    may text[] := ARRAY[]::text[];
BEGIN
    IF (SELECT s.state FROM payments_settlementimport s WHERE s.id = OLD.settlement_id) = 'BOOKED'
    THEN
        IF OLD.state = 'UNKNOWN' THEN
            may := may || named;
        END IF;
        IF OLD.became = 'OPEN' THEN
            may := may || decided;
        END IF;
        IF TG_OP = 'DELETE' OR may = ARRAY[]::text[]
           OR to_jsonb(NEW) - may <> to_jsonb(OLD) - may THEN
            RAISE EXCEPTION 'transaction % is booked', OLD.transaction_id
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'settlement_line_is_frozen';
        END IF;
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE OR REPLACE TRIGGER settlement_line_frozen BEFORE UPDATE OR DELETE ON payments_settlementline
    FOR EACH ROW EXECUTE FUNCTION freeze_settlement_line();
