-- Gives the role that serves requests: the one the migration was told of, or the present one.
CREATE OR REPLACE FUNCTION ispbill_app_role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('ispbill.app_role', true), ''), current_user::text)
$$;
