-- Gives the business moment a transaction works at (the trail's), or the real one.
-- Rule: ispbill.core.clock
--
-- The business moment a transaction works at (audit trail), or the real one.
CREATE OR REPLACE FUNCTION ispbill_at() RETURNS timestamp with time zone LANGUAGE sql AS $$
    SELECT coalesce(nullif(current_setting('app.at', true), '')::timestamptz, clock_timestamp())
$$;
