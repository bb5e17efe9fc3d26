-- Refuses to change a hand-over of cash, or to decide it twice.
-- Rule: payments.desk.services.handovers
CREATE OR REPLACE FUNCTION freeze_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'OFFERED'
       OR (OLD.from_shift_id, OLD.to_person_id, OLD.amount, OLD.note, OLD.offered_at,
           OLD.offered_by_id)
          IS DISTINCT FROM
          (NEW.from_shift_id, NEW.to_person_id, NEW.amount, NEW.note, NEW.offered_at,
           NEW.offered_by_id) THEN
        RAISE EXCEPTION 'a hand-over is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'handover_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER handover_frozen BEFORE UPDATE OR DELETE ON billing_handover
    FOR EACH ROW EXECUTE FUNCTION freeze_handover();
