-- Gives the living customers of the reseller the present portal transaction is for, in its areas
-- alone where areas are named.
-- Rule: resellers.queries.own_customers
-- Test: tests/resellers/test_own_reach.py
--
-- With the owner's rights: the policy that asks it stands on the very table it reads.
CREATE OR REPLACE FUNCTION partner_customers() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT array_agg(id) FROM customers_customer
    WHERE reseller_id = nullif(current_setting('app.partner', true), '')::bigint
      AND archived_at IS NULL
      AND (nullif(current_setting('app.partner_areas', true), '') IS NULL
           OR area_id = ANY (nullif(current_setting('app.partner_areas', true), '')::bigint[]));
$$;
