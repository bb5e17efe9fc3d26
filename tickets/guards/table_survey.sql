-- Keeps tickets_survey: the portal reads its own customers' rows, and not the words written there.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_survey', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, ticket_id, customer_id, is_anonymous, asked_at, expires_at, asks_nps, stars, '
    'answered_at)',
    'tickets_survey'
);
