-- Refuses to change what a package change is about, or a move that is not on its way; the portal
-- decides nothing.
-- Rule: billing.changes.services.package_changes
--
-- A change moves only along its way; what it is about never changes; each move leaves an event.
-- The portal may ask, ask again and withdraw, and nothing else.
CREATE OR REPLACE FUNCTION keep_package_change_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF (NEW.subscription_id, NEW.customer_id, NEW.package_from_id, NEW.package_to_id, NEW.origin,
        NEW.requested_at) IS DISTINCT FROM
       (OLD.subscription_id, OLD.customer_id, OLD.package_from_id, OLD.package_to_id, OLD.origin,
        OLD.requested_at) THEN
        RAISE EXCEPTION 'a package change keeps what it is about'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_change_keeps_its_matter';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('QUOTED', 'REQUESTED'), ('QUOTED', 'APPROVED'), ('QUOTED', 'APPLIED'),
        ('QUOTED', 'STALE'), ('QUOTED', 'CANCELLED'), ('QUOTED', 'REJECTED'),
        ('REQUESTED', 'APPROVED'), ('REQUESTED', 'APPLIED'), ('REQUESTED', 'REJECTED'),
        ('REQUESTED', 'CANCELLED'), ('REQUESTED', 'STALE'),
        ('STALE', 'REQUESTED'), ('STALE', 'APPROVED'), ('STALE', 'APPLIED'),
        ('STALE', 'REJECTED'), ('STALE', 'CANCELLED'),
        ('APPROVED', 'APPLIED'), ('APPROVED', 'CANCELLED'), ('APPROVED', 'STALE')) THEN
        RAISE EXCEPTION 'a package change cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_change_moves_along_its_way';
    END IF;
    IF NEW.status IN ('APPLIED', 'REJECTED', 'CANCELLED') AND NEW.status = OLD.status
       AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'this package change is over'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_change_over_is_frozen';
    END IF;
    IF current_user = ispbill_portal_role() AND NEW.status NOT IN ('REQUESTED', 'CANCELLED') THEN
        RAISE EXCEPTION 'the portal does not decide on package changes'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'package_change_is_decided_by_staff';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER package_change_moves BEFORE UPDATE ON billing_packagechange
    FOR EACH ROW EXECUTE FUNCTION keep_package_change_moves();
