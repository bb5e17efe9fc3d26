-- Refuses a move of a contract that its lifecycle does not know, and any change of what was sent;
-- but for the text and the file of what nobody signed, which go after a while.
-- Rule: contracts.rules.lifecycle
-- Test: tests/contracts/services/test_guards.py
CREATE OR REPLACE FUNCTION keep_contract_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'DRAFT>SENT', 'DRAFT>VOID',
        'SENT>SIGNED', 'SENT>DECLINED', 'SENT>VOID', 'SENT>LAPSED',
        'SIGNED>ACTIVE', 'SIGNED>TERMINATED',
        'ACTIVE>TERMINATED', 'ACTIVE>EXPIRED'])
    THEN
        RAISE EXCEPTION 'a contract does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_moves_are_known';
    END IF;
    IF OLD.state <> 'DRAFT' AND ((
        NEW.number, NEW.version_id, NEW.customer_id, NEW.subscription_id, NEW.supersedes_id,
        NEW.starts_on, NEW.price_amount, NEW.gross_amount, NEW.sha256,
        NEW.verify_code, NEW.sent_at)
        IS DISTINCT FROM (
        OLD.number, OLD.version_id, OLD.customer_id, OLD.subscription_id, OLD.supersedes_id,
        OLD.starts_on, OLD.price_amount, OLD.gross_amount, OLD.sha256,
        OLD.verify_code, OLD.sent_at)
        OR (NEW.html, NEW.path) IS DISTINCT FROM (OLD.html, OLD.path)
        AND (NEW.emptied_at IS NULL OR NEW.html <> '' OR NEW.path <> ''))
    THEN
        RAISE EXCEPTION 'a contract that was sent is never edited: %', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_sent_is_never_edited';
    END IF;
    IF OLD.signed_at IS NOT NULL AND NEW.signed_at IS DISTINCT FROM OLD.signed_at THEN
        RAISE EXCEPTION 'a signature is never moved: %', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_sent_is_never_edited';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER keep_moves BEFORE UPDATE ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION keep_contract_moves();
