-- Keeps billing_invoice: the portal reads its own customers' rows; it is never emptied; its pages
-- keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_invoice', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_invoice');
CREATE OR REPLACE TRIGGER invoice_kept_truncate BEFORE TRUNCATE ON billing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE billing_invoice SET (fillfactor = 85);  -- its rows are updated in place
