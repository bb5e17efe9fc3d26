-- Drops the tables of single days of samples before a day; only the role that serves requests may call it.
-- Rule: network.usage.services.keeping
-- Test: tests/network/usage/test_polling.py
--
-- From which day on is decided in Python.
-- That role owns no table, so this runs with the rights of the owner.
CREATE OR REPLACE FUNCTION drop_usage_days(before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'network_usagesample'::regclass
                  AND c.relname < 'network_usagesample_' || to_char(before, 'YYYYMMDD')
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
