-- Gives FreeRADIUS's role three views to read and two tables to add to, and nothing else.
-- Rule: network.radius.services.files
-- Test: tests/network/radius/test_views.py
-- Needs: radcheck, radreply, nas
--
-- The role is made with the others (docs/admin/roles.sql); without it there is nobody to give to.
DO $$
DECLARE
    radius_role text := coalesce(nullif(current_setting('ispbill.radius_role', true), ''), 'ispbill_radius');
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = radius_role) THEN
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', radius_role);
        EXECUTE format('GRANT SELECT ON radcheck, radreply, nas TO %I', radius_role);
        EXECUTE format('GRANT INSERT ON radacct, radpostauth TO %I', radius_role);
    END IF;
END
$$;
