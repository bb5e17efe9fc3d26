-- Earns or takes back commission when a payment is completed, or becomes smaller.
-- Rule: resellers.services.accrual
--
-- A payment of a reseller's customer has been completed, or one has become smaller.
CREATE OR REPLACE FUNCTION follow_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED' THEN
        PERFORM FROM resellers_resellerassignment a WHERE a.customer_id = NEW.customer_id;
        IF FOUND THEN
            PERFORM earn_commissions(ARRAY[NEW.id]);
        END IF;
    ELSE
        PERFORM FROM resellers_commission k WHERE k.payment_id = NEW.id;
        IF FOUND THEN
            PERFORM take_back_commissions(ARRAY[NEW.id]);
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER commission_follows AFTER UPDATE OF status, refunded_amount ON billing_payment
    FOR EACH ROW WHEN (NEW.status <> OLD.status OR NEW.refunded_amount <> OLD.refunded_amount)
    EXECUTE FUNCTION follow_payment();
