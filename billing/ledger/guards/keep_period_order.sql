-- Refuses to close months out of order, or to reopen any but the latest, or without a reason.
-- Rule: billing.books.services.closing
--
-- Months are closed one after the other and reopened from the latest back; nothing else changes.
CREATE OR REPLACE FUNCTION keep_period_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    through date;
BEGIN
    PERFORM pg_advisory_xact_lock(billing_books_gate());
    through := billing_closed_through();
    IF TG_OP = 'INSERT' THEN
        IF NEW.reopened_at IS NOT NULL OR NEW.first_day <> through + 1 THEN
            RAISE EXCEPTION 'the books are closed up to %, the next period begins the day after', through
                USING ERRCODE = 'check_violation', CONSTRAINT = 'periods_close_in_order';
        END IF;
    ELSIF OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL OR OLD.last_day <> through
       OR (NEW.first_day, NEW.last_day, NEW.entry_count, NEW.turnover_amount, NEW.figures, NEW.note,
           NEW.closed_at, NEW.closed_by_id)
          IS DISTINCT FROM
          (OLD.first_day, OLD.last_day, OLD.entry_count, OLD.turnover_amount, OLD.figures, OLD.note,
           OLD.closed_at, OLD.closed_by_id) THEN
        RAISE EXCEPTION 'a closing is only ever reopened, the latest first'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'periods_reopen_in_order';
    END IF;
    IF length(regexp_replace(NEW.reopen_reason, '\s', '', 'g')) < 10 AND NEW.reopened_at IS NOT NULL THEN
        RAISE EXCEPTION 'a reason of at least ten characters is required'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'period_reopened_with_reason';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER period_order BEFORE INSERT OR UPDATE ON billing_periodclose
    FOR EACH ROW EXECUTE FUNCTION keep_period_order();
