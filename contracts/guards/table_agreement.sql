-- Keeps contracts_agreement: what a row was before is kept; the portal reads names.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_portal_may('SELECT (id, name)', 'contracts_agreement');
SELECT ispbill_keep_versions('contracts_agreement');
