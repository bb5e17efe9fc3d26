-- Keeps network_usagegap: the portal reads when a router was not read, and nothing else of it.
-- Test: tests/network/usage/test_pages.py
SELECT ispbill_portal_may('SELECT (router_id, since, until)', 'network_usagegap');
