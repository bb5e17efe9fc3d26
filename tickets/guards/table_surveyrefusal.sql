-- Keeps tickets_surveyrefusal: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_surveyrefusal', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'tickets_surveyrefusal');
