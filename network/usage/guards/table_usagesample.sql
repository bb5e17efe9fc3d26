-- Keeps network_usagesample: only the role that serves requests makes and drops its days' tables.
-- Rule: network.usage.services.keeping
-- Test: tests/network/usage/test_polling.py
-- Needs: make_usage_day, drop_usage_days
REVOKE EXECUTE ON FUNCTION make_usage_day(date), drop_usage_days(date) FROM PUBLIC;
DO $$
BEGIN
    EXECUTE format('GRANT EXECUTE ON FUNCTION make_usage_day(date), drop_usage_days(date) TO %I',
                   ispbill_app_role());
END
$$;
