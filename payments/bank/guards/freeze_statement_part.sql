-- Refuses to change a part of a statement line; it is undone, once.
-- Rule: payments.bank.services.undoing
CREATE OR REPLACE FUNCTION freeze_statement_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['undone_at', 'undone_by_id', 'undone_reason']
          <> to_jsonb(OLD) - ARRAY['undone_at', 'undone_by_id', 'undone_reason'] THEN
        RAISE EXCEPTION 'a part of a statement line is undone once, never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statement_part_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER statement_part_frozen BEFORE UPDATE OR DELETE ON payments_statementpart
    FOR EACH ROW EXECUTE FUNCTION freeze_statement_part();
