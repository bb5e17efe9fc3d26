-- Keeps network_driftfinding: what a row was before is kept; its pages keep room for updates.
-- Test: tests/network/drift/test_drift.py
SELECT ispbill_keep_versions('network_driftfinding');
ALTER TABLE network_driftfinding SET (fillfactor = 80);
