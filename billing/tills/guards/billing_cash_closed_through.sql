-- Gives the last day a branch takes no more cash on; NULL while nothing is closed.
-- Rule: payments.desk.services.days
--
-- The last day a branch takes no more cash on; NULL while nothing is closed.
CREATE OR REPLACE FUNCTION billing_cash_closed_through(branch bigint) RETURNS date
LANGUAGE sql AS $$
    SELECT max(day) FROM billing_dayclose WHERE branch_id = branch
$$;
