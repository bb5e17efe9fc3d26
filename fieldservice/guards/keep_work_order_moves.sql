-- Refuses a move of a work order that its lifecycle does not know.
-- Rule: fieldservice.rules.lifecycle
-- Test: tests/fieldservice/services/test_lifecycle.py
CREATE OR REPLACE FUNCTION keep_work_order_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'PENDING>ASSIGNED', 'PENDING>CANCELLED',
        'ASSIGNED>PENDING', 'ASSIGNED>EN_ROUTE', 'ASSIGNED>IN_PROGRESS', 'ASSIGNED>FAILED',
        'ASSIGNED>CANCELLED',
        'EN_ROUTE>ASSIGNED', 'EN_ROUTE>IN_PROGRESS', 'EN_ROUTE>FAILED', 'EN_ROUTE>CANCELLED',
        'IN_PROGRESS>COMPLETED', 'IN_PROGRESS>FAILED',
        'FAILED>PENDING', 'FAILED>ASSIGNED', 'FAILED>CANCELLED'])
    THEN
        RAISE EXCEPTION 'a work order does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'work_order_moves_are_known';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER keep_moves BEFORE UPDATE OF state ON fieldservice_workorder
    FOR EACH ROW EXECUTE FUNCTION keep_work_order_moves();
