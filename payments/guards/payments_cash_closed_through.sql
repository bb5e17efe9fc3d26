-- Gives the last day a branch takes no more cash on; NULL while nothing is closed.
-- Rule: payments.services.desk.days
--
-- The last day a branch takes no more cash on; NULL while nothing is closed.
CREATE OR REPLACE FUNCTION payments_cash_closed_through(branch bigint) RETURNS date
LANGUAGE sql AS $$
    SELECT max(day) FROM payments_dayclose WHERE branch_id = branch
$$;
