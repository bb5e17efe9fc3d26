-- Refuses to pay out the credit of a referral's reward.
-- Rule: payments.online.services.refunds
--
-- Credit that was given is spent on bills; it is not paid out.
CREATE OR REPLACE FUNCTION refuse_reward_paid_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM new_rows n JOIN billing_payment p ON p.id = n.payment_id
        WHERE p.method = 'REFERRAL';
    IF FOUND THEN
        RAISE EXCEPTION 'a reward for a referral is not paid out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_reward_is_not_paid_out';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER refund_of_no_reward AFTER INSERT ON billing_refundpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_reward_paid_out();
