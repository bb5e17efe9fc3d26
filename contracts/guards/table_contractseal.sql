-- Keeps contracts_contractseal: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('contracts_contractseal', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, contract_id, customer_id, state, path, sha256, made_at)', 'contracts_contractseal'
);
