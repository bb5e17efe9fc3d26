-- Keeps the books' gate: whoever writes an entry holds it shared, whoever closes a month holds
-- it alone.
-- Rule: billing.books.services.closing
--
-- The books' gate. Whoever writes an entry holds it shared until the end of the transaction; who
-- closes a month, or looks where the journal ends, holds it alone for a moment. So no entry can
-- slip into a month while it is being closed.
CREATE OR REPLACE FUNCTION billing_books_gate() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT 4820150001::bigint
$$;
