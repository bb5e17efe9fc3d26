-- Keeps network_outage: the portal reads what the public is told; what a row was before is kept.
-- Test: tests/network/outages/test_outages.py
SELECT ispbill_portal_may(
    'SELECT (id, number, is_planned, severity, state, title, local_title, started_at, expected_at, '
    'restored_at)',
    'network_outage'
);
SELECT ispbill_keep_versions('network_outage');
