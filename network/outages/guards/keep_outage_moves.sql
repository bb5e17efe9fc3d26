-- Refuses a step of an outage that does not follow the one before, and numbers that change.
-- Rule: network.outages.rules.moves
-- Test: tests/network/outages/test_outages.py
CREATE OR REPLACE FUNCTION keep_outage_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.is_planned, NEW.created_at) IS DISTINCT FROM
       (OLD.number, OLD.is_planned, OLD.created_at) THEN
        RAISE EXCEPTION 'an outage keeps its number and kind'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'outage_keeps_its_number';
    END IF;
    IF NEW.state = OLD.state OR
       (OLD.state = 'PROPOSED' AND NEW.state IN ('INVESTIGATING', 'CANCELLED')) OR
       (OLD.state IN ('INVESTIGATING', 'IDENTIFIED', 'MONITORING') AND
        NEW.state IN ('INVESTIGATING', 'IDENTIFIED', 'MONITORING', 'RESOLVED', 'MERGED')) OR
       (OLD.state = 'RESOLVED' AND NEW.state = 'INVESTIGATING') OR
       (OLD.state = 'SCHEDULED' AND NEW.state IN ('IN_PROGRESS', 'COMPLETED', 'CANCELLED')) OR
       (OLD.state = 'IN_PROGRESS' AND NEW.state IN ('COMPLETED', 'CANCELLED')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an outage does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'outage_moves_by_its_steps';
END
$$;

CREATE OR REPLACE TRIGGER outage_moves BEFORE UPDATE ON network_outage
    FOR EACH ROW EXECUTE FUNCTION keep_outage_moves();
