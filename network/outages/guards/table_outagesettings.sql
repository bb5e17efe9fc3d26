-- Keeps network_outagesettings: what a row was before is kept.
-- Test: tests/network/outages/test_outages.py
SELECT ispbill_keep_versions('network_outagesettings');
