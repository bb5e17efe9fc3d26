-- Refuses to change a referral's terms, or a move that is not one of its states'.
-- Rule: customers.rules.referrals
CREATE OR REPLACE FUNCTION move_referral() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'PENDING' THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (NEW.referred_id, NEW.referrer_amount, NEW.friend_amount, NEW.minimum_amount,
            NEW.joined_at, NEW.expires_on)
           IS NOT DISTINCT FROM
           (OLD.referred_id, OLD.referrer_amount, OLD.friend_amount, OLD.minimum_amount,
            OLD.joined_at, OLD.expires_on)
           AND (NEW.referrer_id = OLD.referrer_id OR (OLD.status = 'PENDING' AND NEW.status = 'PENDING'))
           AND (NEW.status = OLD.status OR (OLD.status, NEW.status) IN (
                ('PENDING', 'CREDITED'), ('PENDING', 'EXPIRED'), ('PENDING', 'REFUSED'),
                ('CREDITED', 'PENDING'), ('CREDITED', 'REFUSED'), ('REFUSED', 'PENDING'))) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a referral keeps its terms and moves along its states (%)', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'referral_moves_along_its_states';
END
$$;

CREATE OR REPLACE TRIGGER referral_moves BEFORE INSERT OR UPDATE OR DELETE ON customers_referral
    FOR EACH ROW EXECUTE FUNCTION move_referral();
