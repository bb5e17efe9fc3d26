-- Refuses to change what a request for a pause is about, or to decide it twice; the portal decides
-- nothing.
-- Rule: billing.changes.services.pauses
--
-- A request moves once, from asked to decided; what it is about never changes; each move leaves an
-- event. The portal may ask and withdraw, and nothing else.
CREATE OR REPLACE FUNCTION keep_pause_request_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = ispbill_portal_role()
       AND NEW.status <> (CASE TG_OP WHEN 'INSERT' THEN 'REQUESTED' ELSE 'WITHDRAWN' END) THEN
        RAISE EXCEPTION 'the portal does not decide on pauses'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pause_request_is_decided_by_staff';
    END IF;
    IF TG_OP = 'INSERT' OR is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF (NEW.subscription_id, NEW.customer_id, NEW.span, NEW.is_billed, NEW.is_credited,
        NEW.credit_amount, NEW.note, NEW.requested_at) IS DISTINCT FROM
       (OLD.subscription_id, OLD.customer_id, OLD.span, OLD.is_billed, OLD.is_credited,
        OLD.credit_amount, OLD.note, OLD.requested_at) THEN
        RAISE EXCEPTION 'a pause that was asked for keeps what it is about'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pause_request_keeps_its_matter';
    END IF;
    IF OLD.status <> 'REQUESTED' AND (NEW.status, NEW.decision_note, NEW.decided_at,
        NEW.planned_move_id) IS DISTINCT FROM
       (OLD.status, OLD.decision_note, OLD.decided_at, OLD.planned_move_id) THEN
        RAISE EXCEPTION 'this pause has been decided on'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pause_request_is_decided_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER pause_request_moves BEFORE INSERT OR UPDATE ON billing_pauserequest
    FOR EACH ROW EXECUTE FUNCTION keep_pause_request_moves();
