-- Keeps network_ippool: what a row was before is kept.
-- Test: tests/network/addresses/test_addresses.py
SELECT ispbill_keep_versions('network_ippool');
