-- Keeps network_access: the portal reads its own customers' rows, and not every column; its pages
-- keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_access', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, username, method, desired_state, desired_profile, generation, desired_since, '
    'confirmed_state, confirmed_profile, confirmed_generation, confirmed_at, '
    'customer_id, subscription_id, router_id, has_session, session_noted_at)',
    'network_access'
);
ALTER TABLE network_access SET (fillfactor = 60);  -- its rows are updated in place
