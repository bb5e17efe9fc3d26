-- Keeps contracts_contract: the portal reads its own customers' rows, and nothing of the links;
-- what a row was before is kept.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('contracts_contract', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, number, version_id, customer_id, subscription_id, state, starts_on, ends_on, '
    'minimum_until, is_monthly, price_amount, gross_amount, html, path, sha256, verify_code, '
    'sent_at, signed_at, over_at, ended_on, cause, objected_on)',
    'contracts_contract'
);
SELECT ispbill_keep_versions('contracts_contract');
