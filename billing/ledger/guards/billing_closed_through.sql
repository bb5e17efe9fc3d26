-- Gives the last day no entry may be dated on any more; NULL while nothing is closed.
-- Rule: billing.books.services.closing
--
-- The last day no entry may be dated on any more; NULL while nothing is closed.
CREATE OR REPLACE FUNCTION billing_closed_through() RETURNS date LANGUAGE sql AS $$
    SELECT max(last_day) FROM billing_periodclose WHERE reopened_at IS NULL
$$;
