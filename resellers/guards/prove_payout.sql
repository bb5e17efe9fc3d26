-- Refuses, at the commit, a payout that is not the sum of its commissions, or beyond what was
-- earned and kept.
-- Rule: resellers.services.payouts
--
-- At the commit, under the reseller's lock: a payout is the sum of what it pays, and all that was
-- ever paid to a reseller is covered by what the reseller has earned and kept.
CREATE OR REPLACE FUNCTION prove_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts record;
    claims numeric;
    ever_paid numeric;
    ever_earned numeric;
BEGIN
    PERFORM FROM resellers_reseller WHERE id = NEW.reseller_id FOR NO KEY UPDATE;
    SELECT sum(paid_amount) AS amount, bool_or(status = 'APPROVED') AS unpaid INTO parts
        FROM resellers_commission WHERE payout_id = NEW.id;
    SELECT coalesce(sum(amount), 0) INTO claims FROM resellers_commissionback
        WHERE payout_id = NEW.id;
    IF parts.amount IS DISTINCT FROM NEW.earned_amount OR parts.unpaid
       OR claims <> NEW.claimed_amount THEN
        RAISE EXCEPTION 'payout % is not the sum of its commissions', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_the_sum_of_its_parts';
    END IF;
    SELECT sum(amount) INTO ever_paid FROM resellers_payout
        WHERE reseller_id = NEW.reseller_id AND status = 'PAID';
    SELECT sum(amount - clawed_back_amount) INTO ever_earned FROM resellers_commission
        WHERE reseller_id = NEW.reseller_id AND status NOT IN ('ACCRUED', 'CREDITED');
    IF ever_paid > ever_earned THEN
        RAISE EXCEPTION 'reseller % earned %, paid would be %',
            NEW.reseller_id, ever_earned, ever_paid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_within_what_was_earned';
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS payout_proven ON resellers_payout;
CREATE CONSTRAINT TRIGGER payout_proven AFTER UPDATE ON resellers_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'PAID')
    EXECUTE FUNCTION prove_payout();
