-- Refuses to change or remove an add-on that was sold; only its end is set, and why.
-- Rule: billing.changes.services.addons
--
-- What was sold stays what was sold; only its end is set, and why.
CREATE OR REPLACE FUNCTION freeze_subscription_addon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{ends_on,reason}'::text[]
                          = to_jsonb(OLD) - '{ends_on,reason}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an add-on that was sold is ended, never changed or removed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subscription_addon_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER addon_frozen BEFORE UPDATE OR DELETE ON customers_subscriptionaddon
    FOR EACH ROW EXECUTE FUNCTION freeze_subscription_addon();
