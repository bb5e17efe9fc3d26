-- Refuses to change what is wanted of an access without a new generation, so that late answers are
-- known as such.
-- Rule: network.services.wishes
-- Test: tests/network/services/test_access.py
--
-- A wish is numbered: whoever changes it must raise the generation, so that a late answer to an
-- earlier wish can never be taken for an answer to this one.
CREATE OR REPLACE FUNCTION number_access_wish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.wanted_state, NEW.wanted_profile, NEW.router_id, NEW.username)
       IS DISTINCT FROM (OLD.wanted_state, OLD.wanted_profile, OLD.router_id, OLD.username)
       AND NEW.generation <= OLD.generation THEN
        RAISE EXCEPTION 'a new wish needs a new generation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'access_wish_is_numbered';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER number_wish BEFORE UPDATE OF wanted_state, wanted_profile, router_id, username
    ON network_access FOR EACH ROW EXECUTE FUNCTION number_access_wish();
