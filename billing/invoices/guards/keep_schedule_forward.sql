-- Refuses to bill a service until an earlier day than before: billing never goes back in time.
-- Rule: billing.run.services.projections
--
-- Billing never goes back in time.
CREATE OR REPLACE FUNCTION keep_schedule_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'service % is billed until %, it cannot go back to %',
        OLD.subscription_id, OLD.billed_until, NEW.billed_until
        USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_only_moves_forward';
END
$$;

CREATE OR REPLACE TRIGGER schedule_forward BEFORE UPDATE OF billed_until ON billing_schedule FOR EACH ROW
    WHEN (OLD.billed_until IS NOT NULL AND (NEW.billed_until IS NULL OR NEW.billed_until < OLD.billed_until)
          AND current_setting('app.voiding', true) IS DISTINCT FROM 'yes')
    EXECUTE FUNCTION keep_schedule_forward();
