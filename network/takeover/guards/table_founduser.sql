-- Keeps network_founduser: its pages keep room for updates.
-- Test: tests/network/takeover/test_takeover.py
ALTER TABLE network_founduser SET (fillfactor = 80);
