-- Keeps tickets_ticketclock: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_ticketclock', 'customer_id');
ALTER TABLE tickets_ticketclock SET (fillfactor = 80);  -- its rows are updated in place
