-- Gives the customers the present portal transaction may see; none when nothing is set.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
--
-- The customers the present portal transaction may see; none when nothing is set.
CREATE OR REPLACE FUNCTION portal_customers() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.customer_ids', true), '')::bigint[]
$$;
