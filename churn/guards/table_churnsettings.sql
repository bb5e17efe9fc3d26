-- Keeps churn_churnsettings: what a row was before is kept.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_keep_versions('churn_churnsettings');
