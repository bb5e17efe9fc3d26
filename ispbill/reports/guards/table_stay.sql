-- Keeps reports_stay: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('reports_stay', 'customer_id');
