-- Refuses a credit note's line that comes after its note.
-- Rule: billing.receivables.services.crediting
--
-- A line after its note would be a credit nobody checked.
CREATE OR REPLACE FUNCTION check_credit_note_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN billing_creditnote c ON c.id = n.note_id;
    IF FOUND THEN
        RAISE EXCEPTION 'a credit note takes no more lines'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credit_note_is_frozen';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER credit_note_lines_first AFTER INSERT ON billing_creditnoteline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_credit_note_lines();
