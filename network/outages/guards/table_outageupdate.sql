-- Keeps network_outageupdate: the portal reads the words; they are written once.
-- Test: tests/network/outages/test_outages.py
SELECT ispbill_portal_may('SELECT (id, outage_id, state, text, local_text, at)', 'network_outageupdate');
SELECT ispbill_append_only('network_outageupdate');
