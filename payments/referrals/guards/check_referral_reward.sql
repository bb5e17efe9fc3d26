-- Refuses a referral's reward that is not as agreed, or is no payment of its own.
-- Rule: payments.referrals.services.referral_rewards
CREATE OR REPLACE FUNCTION check_referral_reward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL
       AND to_jsonb(NEW) - 'undone_at' = to_jsonb(OLD) - 'undone_at'
       AND EXISTS (SELECT FROM billing_payment p
                   WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.undone_at IS NULL AND EXISTS (
        SELECT FROM customers_referral r
        JOIN billing_payment g ON g.id = NEW.payment_id AND g.method = 'REFERRAL'
             AND g.status = 'COMPLETED' AND g.customer_id = NEW.customer_id
        JOIN billing_payment e ON e.id = NEW.earned_by_id AND e.method <> 'REFERRAL'
             AND e.status = 'COMPLETED' AND e.customer_id = r.referred_id
        WHERE r.id = NEW.referral_id AND g.amount =
              CASE NEW.side WHEN 'FRIEND' THEN r.friend_amount ELSE r.referrer_amount END
          AND NEW.customer_id = CASE NEW.side WHEN 'FRIEND' THEN r.referred_id ELSE r.referrer_id END
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a referral is rewarded as agreed, by a payment of its own'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'referral_reward_as_agreed';
END
$$;

CREATE OR REPLACE TRIGGER referral_reward_holds BEFORE INSERT OR UPDATE OR DELETE ON payments_referralreward
    FOR EACH ROW EXECUTE FUNCTION check_referral_reward();
