-- Refuses to change what was clawed back of a commission; it says at birth whether it is a claim.
-- Rule: resellers.services.accrual
--
-- Whether it is a claim depends on what the commission is at this moment, so the database says.
CREATE OR REPLACE FUNCTION begin_commission_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earned record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT reseller_id, paid_amount INTO earned FROM resellers_commission
            WHERE id = NEW.commission_id FOR UPDATE;
        NEW.reseller_id := earned.reseller_id;
        NEW.is_claim := earned.paid_amount IS NOT NULL;
        IF NEW.payout_id IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'payout_id' = to_jsonb(OLD) - 'payout_id'
       AND EXISTS (SELECT FROM resellers_payout p WHERE p.status = 'WAITING'
                   AND p.reseller_id = NEW.reseller_id
                   AND p.id = coalesce(OLD.payout_id, NEW.payout_id))
       AND (OLD.payout_id IS NULL OR NEW.payout_id IS NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was clawed back stays, and is deducted once'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_back_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER commission_back_begins BEFORE INSERT OR UPDATE OR DELETE ON resellers_commissionback
    FOR EACH ROW EXECUTE FUNCTION begin_commission_back();
