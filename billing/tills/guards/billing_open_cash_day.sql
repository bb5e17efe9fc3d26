-- Gives the day cash counts for: its own, or the first that is not closed.
-- Rule: payments.desk.services.days
--
-- The day cash of `wanted` counts for: that day, or the first one that is not closed.
CREATE OR REPLACE FUNCTION billing_open_cash_day(branch bigint, wanted date) RETURNS date
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM billing_lock_cash(branch, false);
    RETURN greatest(wanted, billing_cash_closed_through(branch) + 1);
END
$$;
