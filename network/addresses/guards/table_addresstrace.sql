-- Keeps network_addresstrace: it only grows; who asked for whom is never rewritten.
-- Test: tests/network/addresses/test_addresses.py
SELECT ispbill_append_only('network_addresstrace');
