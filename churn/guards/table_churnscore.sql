-- Keeps churn_churnscore: who may leave is nobody's business but the office's; the portal reads no row.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('churn_churnscore', 'customer_id');
