-- Refuses to mark commissions as paid but as the whole of a payout.
-- Rule: resellers.services.payouts
--
-- What is marked as paid is the whole of its payout: nothing is slipped into one paid before.
CREATE OR REPLACE FUNCTION check_commissions_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM resellers_payout p
        WHERE p.id IN (SELECT n.payout_id FROM new_rows n JOIN old_rows o ON o.id = n.id
                       WHERE n.status = 'PAID' AND o.status <> 'PAID')
          AND p.earned_amount IS DISTINCT FROM
              (SELECT sum(k.paid_amount) FROM resellers_commission k WHERE k.payout_id = p.id);
    IF FOUND THEN
        RAISE EXCEPTION 'commissions are paid as the whole of a payout'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commissions_paid_whole';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER commissions_paid_whole AFTER UPDATE ON resellers_commission
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION check_commissions_paid();
