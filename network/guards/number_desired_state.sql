-- Refuses to change what is wanted of an access without a new generation, so that late answers are
-- known as such.
-- Rule: network.services.desired_states
-- Test: tests/network/services/test_access.py
--
-- A desired state is numbered: whoever changes it must raise the generation, so that a late answer to an
-- earlier desired state can never be taken for an answer to this one.
CREATE OR REPLACE FUNCTION number_desired_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.desired_state, NEW.desired_profile, NEW.router_id, NEW.username, NEW.method, NEW.delegated_prefix)
       IS DISTINCT FROM (OLD.desired_state, OLD.desired_profile, OLD.router_id, OLD.username, OLD.method,
                         OLD.delegated_prefix)
       AND NEW.generation <= OLD.generation THEN
        RAISE EXCEPTION 'a new desired state needs a new generation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'desired_state_is_numbered';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER number_desired BEFORE UPDATE OF desired_state, desired_profile, router_id, username,
    method, delegated_prefix
    ON network_access FOR EACH ROW EXECUTE FUNCTION number_desired_state();
