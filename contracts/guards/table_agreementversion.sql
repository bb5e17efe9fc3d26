-- Keeps contracts_agreementversion: the portal reads the terms.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_portal_may(
    'SELECT (id, agreement_id, version_no, term_months, minimum_months, notice_count, notice_unit, '
    'renewal, renewal_binds, price_lock, fee, fee_amount, fee_rate, cap_months, cap_amount, '
    'cooling_off_days, bills_used_days, refuses_downgrade)',
    'contracts_agreementversion'
);
