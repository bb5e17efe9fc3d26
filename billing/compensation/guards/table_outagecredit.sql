-- Keeps billing_outagecredit: the portal sees nothing of it; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/billing/compensation/test_outage_credits.py
SELECT ispbill_protect('billing_outagecredit', 'customer_id');
SELECT ispbill_append_only('billing_outagecredit');
