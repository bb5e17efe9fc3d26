-- Refuses a referral by which somebody would have brought himself, over others or not.
-- Rule: customers.services.referrals
--
-- Nobody has, over others, brought himself. One at a time: two halves of a circle written at the
-- same moment would not see each other.
CREATE OR REPLACE FUNCTION refuse_referral_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('customers_referral'));
    PERFORM FROM (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.referrer_id
            UNION
            SELECT r.referrer_id FROM customers_referral r JOIN above a ON a.id = r.referred_id
        ) SELECT id FROM above
    ) up WHERE up.id = NEW.referred_id;
    IF FOUND THEN
        RAISE EXCEPTION 'customer % cannot have brought customer %', NEW.referrer_id, NEW.referred_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_is_no_circle';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER referral_circle AFTER INSERT OR UPDATE OF referrer_id ON customers_referral
    FOR EACH ROW EXECUTE FUNCTION refuse_referral_circle();
