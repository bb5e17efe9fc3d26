-- Refuses a move of an order that its lifecycle does not know, and to remove one that is no draft.
-- Rule: signup.rules.lifecycle
-- Test: tests/signup/services/test_lifecycle.py
CREATE OR REPLACE FUNCTION keep_order_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'DRAFT' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'order % is kept', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'order_is_kept';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'DRAFT>SUBMITTED', 'DRAFT>WAITING',
        'WAITING>SUBMITTED', 'WAITING>REJECTED', 'WAITING>CANCELLED',
        'SUBMITTED>SURVEY', 'SUBMITTED>ACCEPTED', 'SUBMITTED>WAITING', 'SUBMITTED>REJECTED',
        'SUBMITTED>CANCELLED',
        'SURVEY>ACCEPTED', 'SURVEY>WAITING', 'SURVEY>REJECTED', 'SURVEY>CANCELLED',
        'ACCEPTED>SCHEDULED', 'ACCEPTED>CANCELLED',
        'SCHEDULED>ACCEPTED', 'SCHEDULED>INSTALLED', 'SCHEDULED>CANCELLED',
        'INSTALLED>ACTIVE'])
    THEN
        RAISE EXCEPTION 'an order does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_moves_are_known';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER keep_moves BEFORE UPDATE OF state OR DELETE ON signup_order
    FOR EACH ROW EXECUTE FUNCTION keep_order_moves();
