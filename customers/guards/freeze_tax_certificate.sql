-- Refuses to change or remove a tax certificate; it may be withdrawn, once.
-- Rule: customers.services.tax_certificates
-- Test: tests/laws/test_guards.py
--
-- A certificate is kept as it was taken in; it may only be withdrawn, once.
CREATE OR REPLACE FUNCTION freeze_tax_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
       AND to_jsonb(NEW) - '{withdrawn_at,withdrawn_reason}'::text[]
         = to_jsonb(OLD) - '{withdrawn_at,withdrawn_reason}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tax certificate is withdrawn, never changed or removed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'tax_certificate_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER tax_certificate_frozen BEFORE UPDATE OR DELETE ON customers_taxcertificate
    FOR EACH ROW EXECUTE FUNCTION freeze_tax_certificate();
