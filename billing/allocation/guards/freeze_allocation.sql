-- Refuses to change or remove an allocation; it can only be released.
-- Rule: billing.allocation.services.allocation
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE FUNCTION freeze_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_at IS NOT NULL
       AND to_jsonb(NEW) - 'released_at' = to_jsonb(OLD) - 'released_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an allocation can only be released'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'allocation_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER allocation_frozen BEFORE UPDATE OR DELETE ON billing_allocation
    FOR EACH ROW EXECUTE FUNCTION freeze_allocation();
