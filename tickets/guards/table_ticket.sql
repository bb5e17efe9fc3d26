-- Keeps tickets_ticket: the portal reads its own customers' rows, and not every column (no tags);
-- its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('tickets_ticket', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, number, customer_id, subscription_id, subject, category_id, priority, state, '
    'channel, opened_at, waiting_since, last_public_at, resolved_at, closed_at, '
    'cause, merged_into_id, follows_id, next_due_at)',
    'tickets_ticket'
);
ALTER TABLE tickets_ticket SET (fillfactor = 80);  -- its rows are updated in place
