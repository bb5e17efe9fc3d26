-- Keeps fieldservice_fieldfile: the portal (of technicians) reads the rows of its own jobs' customers.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('fieldservice_fieldfile', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'fieldservice_fieldfile');
