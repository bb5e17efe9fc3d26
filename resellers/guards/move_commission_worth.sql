-- Keeps what was clawed back of a commission, by its documents.
-- Rule: resellers.services.accrual
CREATE OR REPLACE FUNCTION move_commission_worth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE resellers_commission
    SET clawed_back_amount = clawed_back_amount + NEW.amount,
        status = CASE WHEN clawed_back_amount + NEW.amount = amount THEN 'REVERSED' ELSE status END
    WHERE id = NEW.commission_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER commission_back_moves AFTER INSERT ON resellers_commissionback
    FOR EACH ROW EXECUTE FUNCTION move_commission_worth();
