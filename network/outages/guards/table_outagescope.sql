-- Keeps network_outagescope: the portal reads which places an outage touches.
-- Test: tests/network/outages/test_outages.py
SELECT ispbill_portal_may(
    'SELECT (id, outage_id, area_id, router_id, started_at, ended_at)', 'network_outagescope'
);
