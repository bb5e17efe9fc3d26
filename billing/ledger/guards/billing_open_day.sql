-- Gives the day an event is booked on: its own, or the first open one when that is closed.
-- Rule: billing.books.services.closing
--
-- The day an event of `wanted` is booked on: that day, or the first open one when it is closed.
-- plpgsql, because each of its statements sees what was committed while it waited for the gate.
CREATE OR REPLACE FUNCTION billing_open_day(wanted date) RETURNS date LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(billing_books_gate());
    RETURN greatest(wanted, billing_closed_through() + 1);
END
$$;
