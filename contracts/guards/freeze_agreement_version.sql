-- Refuses to change the words or terms of a version that a contract uses.
-- Rule: contracts.services.agreements
-- Test: tests/contracts/services/test_guards.py
CREATE OR REPLACE FUNCTION freeze_agreement_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'version % of an agreement is in use', OLD.version_no
            USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_version_is_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE OR REPLACE TRIGGER keep_frozen BEFORE UPDATE OR DELETE ON contracts_agreementversion
    FOR EACH ROW EXECUTE FUNCTION freeze_agreement_version();
