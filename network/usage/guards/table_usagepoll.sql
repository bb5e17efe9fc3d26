-- Keeps network_usagepoll: the portal reads when a router was last read, and nothing else of it.
-- Test: tests/network/usage/test_pages.py
SELECT ispbill_portal_may('SELECT (router_id, read_at)', 'network_usagepoll');
