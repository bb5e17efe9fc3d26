-- Gives the role that portal requests run as.
-- Rule: ispbill.core.rls
CREATE OR REPLACE FUNCTION ispbill_portal_role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('ispbill.portal_role', true), ''), 'ispbill_portal')
$$;
