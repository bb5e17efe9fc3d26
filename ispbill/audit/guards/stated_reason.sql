-- Refuses a transaction that gives no reason, or an excuse for one; gives the reason otherwise.
-- Rule: ispbill.audit.services.trail
--
-- The reason of the present transaction, refused when it is missing or an excuse for one.
CREATE OR REPLACE FUNCTION stated_reason() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    reason text := coalesce(current_setting('app.reason', true), '');
BEGIN
    IF length(regexp_replace(reason, '\s', '', 'g')) < 10 THEN
        RAISE EXCEPTION 'a reason of at least ten characters is required'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'state_change_has_reason';
    END IF;
    RETURN reason;
END
$$;
