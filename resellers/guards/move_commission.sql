-- Refuses to change what a commission was earned for, a move that is not on its way, and removing
-- it.
-- Rule: resellers.services.commissions
CREATE OR REPLACE FUNCTION move_commission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held text;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.status NOT IN ('ACCRUED', 'CREDITED')
        OR NEW.clawed_back_amount <> 0 OR NEW.payout_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'a commission begins accrued and is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_is_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NEW.payment_id, NEW.kind, NEW.month, NEW.subscription_id, NEW.reseller_id, NEW.customer_id,
        NEW.branch_id, NEW.base_amount,
        NEW.tax_rate, NEW.rate, NEW.amount, NEW.currency, NEW.earned_on, NEW.earned_at)
       IS DISTINCT FROM
       (OLD.payment_id, OLD.kind, OLD.month, OLD.subscription_id, OLD.reseller_id, OLD.customer_id,
        OLD.branch_id, OLD.base_amount,
        OLD.tax_rate, OLD.rate, OLD.amount, OLD.currency, OLD.earned_on, OLD.earned_at)
       OR (OLD.paid_amount IS NOT NULL AND (NEW.paid_amount, NEW.payout_id)
           IS DISTINCT FROM (OLD.paid_amount, OLD.payout_id)) THEN
        RAISE EXCEPTION 'a commission stays as it was earned'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_is_frozen';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('ACCRUED', 'APPROVED'), ('ACCRUED', 'REVERSED'), ('APPROVED', 'PAID'),
        ('APPROVED', 'REVERSED'), ('PAID', 'REVERSED'),
        ('CREDITED', 'REVERSED')) THEN
        RAISE EXCEPTION 'a commission does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_moves_forward';
    END IF;
    IF NEW.clawed_back_amount <> OLD.clawed_back_amount AND pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION 'what is clawed back of a commission is moved by its documents only'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_clawed_back_by_documents';
    END IF;
    IF NEW.payout_id IS NOT NULL AND (NEW.payout_id IS DISTINCT FROM OLD.payout_id
                                      OR NEW.status = 'PAID' AND OLD.status <> 'PAID') THEN
        SELECT status INTO held FROM resellers_payout
            WHERE id = NEW.payout_id AND reseller_id = NEW.reseller_id;
        IF held IS DISTINCT FROM (CASE WHEN NEW.status = 'PAID' THEN 'PAID' ELSE 'WAITING' END)
           OR (NEW.status = 'PAID' AND NEW.paid_amount <> NEW.amount - NEW.clawed_back_amount)
           OR (OLD.status <> 'APPROVED') THEN
            RAISE EXCEPTION 'approved commissions are paid by a payout of their reseller, whole'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_paid_by_a_payout';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER commission_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_commission
    FOR EACH ROW EXECUTE FUNCTION move_commission();
