-- Keeps which customers' online payments may be on their way, as a fact dunning can read.
-- Rule: billing.dunning.queries.under_way
-- Test: tests/payments/online/test_under_way_facts.py
--
-- Claimed and not denied counts for three company days; what waits for a person of ours, until it
-- is decided. Runs as its owner: the portal may begin a payment and sees nothing of dunning.
CREATE OR REPLACE FUNCTION keep_attempt_under_way() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_held boolean := NEW.state IN ('HELD', 'MISMATCH');
BEGIN
    IF is_held OR (NEW.claimed_at IS NOT NULL
                   AND NEW.state IN ('STARTED', 'OPEN', 'FAILED', 'CANCELLED', 'EXPIRED')) THEN
        INSERT INTO billing_paymentunderway (source, source_id, customer_id, until)
        VALUES ('ATTEMPT', NEW.id, NEW.customer_id,
                CASE WHEN NOT is_held THEN (NEW.claimed_at AT TIME ZONE coalesce(
                    (SELECT time_zone FROM core_company WHERE id = 1), 'UTC'))::date + 2 END)
        ON CONFLICT (source, source_id) DO UPDATE SET until = excluded.until;
    ELSE
        DELETE FROM billing_paymentunderway WHERE source = 'ATTEMPT' AND source_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER attempt_under_way AFTER INSERT OR UPDATE OF state, claimed_at
    ON payments_paymentattempt FOR EACH ROW EXECUTE FUNCTION keep_attempt_under_way();
