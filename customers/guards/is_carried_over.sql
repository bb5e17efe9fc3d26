-- Tells whether a row changes hands only because two accounts are made one, or apart again.
-- Rule: signup.merging.services.merging
-- Test: tests/signup/merging/test_merging.py
--
-- What is frozen belongs to its service; a service that goes to the surviving account takes it along,
-- and nothing else of it changes.
CREATE OR REPLACE FUNCTION is_carried_over(was jsonb, becomes jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT was - 'customer_id' = becomes - 'customer_id' AND EXISTS (
        SELECT FROM customers_merge m
        WHERE m.undone_at IS NULL
          AND (m.absorbed_id, m.survivor_id) IN (
              ((was ->> 'customer_id')::bigint, (becomes ->> 'customer_id')::bigint),
              ((becomes ->> 'customer_id')::bigint, (was ->> 'customer_id')::bigint)))
$$;
