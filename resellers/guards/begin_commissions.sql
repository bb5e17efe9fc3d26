-- Earns the commission of payments that begin completed.
-- Rule: resellers.services.accrual
CREATE OR REPLACE FUNCTION begin_commissions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earning bigint[];
BEGIN
    SELECT array_agg(n.id) INTO earning
    FROM new_rows n
    WHERE n.status = 'COMPLETED' AND EXISTS (
        SELECT FROM resellers_resellerassignment a WHERE a.customer_id = n.customer_id);
    IF earning IS NOT NULL THEN
        PERFORM earn_commissions(earning);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER commission_begins AFTER INSERT ON billing_payment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION begin_commissions();
