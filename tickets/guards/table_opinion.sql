-- Keeps tickets_opinion: the portal reads its own customers' rows, and not the words written there.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_opinion', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, customer_id, is_anonymous, asked_at, expires_at, score, answered_at)',
    'tickets_opinion'
);
