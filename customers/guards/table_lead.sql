-- Keeps customers_lead: the portal sees nothing of it; what a row was before is kept.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_lead', 'customer_id');
SELECT ispbill_keep_versions('customers_lead');
