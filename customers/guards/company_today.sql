-- Gives the company's own date at the moment the present transaction works at.
-- Rule: ispbill.core.clock
--
-- The company's own date at the moment the present transaction works at.
CREATE OR REPLACE FUNCTION company_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (ispbill_at() AT TIME ZONE coalesce(
        (SELECT time_zone FROM core_company WHERE id = 1), 'UTC'))::date
$$;
