-- Makes the table of a single day that samples lie in; only the role that serves requests may call it.
-- Rule: network.usage.services.keeping
-- Test: tests/network/usage/test_polling.py
--
-- Which days is decided in Python.
-- That role owns no table, so this runs with the rights of the owner.
CREATE OR REPLACE FUNCTION make_usage_day(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := 'network_usagesample_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('network_usagesample'));
    -- Somebody may have made it while we waited: to_regclass still remembers that it was missing.
    IF EXISTS (SELECT FROM pg_class
               WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF network_usagesample FOR VALUES FROM (%L) TO (%L)',
                   part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    RETURN true;
END
$$;
