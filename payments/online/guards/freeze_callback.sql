-- Refuses to change or remove what a gateway said.
-- Rule: payments.online.services.inbox
CREATE OR REPLACE FUNCTION freeze_callback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['times', 'state', 'words', 'processed_at', 'attempt_id']
          <> to_jsonb(OLD) - ARRAY['times', 'state', 'words', 'processed_at', 'attempt_id']
       OR NEW.times < OLD.times THEN
        RAISE EXCEPTION 'what a gateway said stays as it was said'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'callback_is_kept';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER callback_frozen BEFORE UPDATE OR DELETE ON payments_gatewaycallback
    FOR EACH ROW EXECUTE FUNCTION freeze_callback();
