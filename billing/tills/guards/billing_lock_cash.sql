-- Keeps the gate of a branch's cash: whoever moves cash holds it shared, whoever closes a day holds
-- it alone.
-- Rule: payments.desk.services.days
--
-- The gate of a branch's cash. Whoever moves cash holds it shared until the end of the transaction;
-- whoever closes a day holds it alone. Two keys, so that it meets no other lock.
CREATE OR REPLACE FUNCTION billing_lock_cash(branch bigint, alone boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(482015, branch::int);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(482015, branch::int);
    END IF;
END
$$;
