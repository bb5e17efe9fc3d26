-- Refuses to change what a mandate permits, to remove it, or a move that is not on its way.
-- Rule: payments.debits.services.mandates
--
-- PENDING → SENT → ACCEPTED → ACTIVE ⇄ SUSPENDED, and out of it at any time. What it is about
-- (whose, which account, under which reference) never changes.
CREATE OR REPLACE FUNCTION freeze_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a mandate is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_is_kept';
    END IF;
    IF (NEW.customer_id, NEW.method_id, NEW.account_reference, NEW.ceiling_amount, NEW.asked_at)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.method_id, OLD.account_reference, OLD.ceiling_amount, OLD.asked_at) THEN
        RAISE EXCEPTION 'what mandate % permits never changes', OLD.account_reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PENDING', 'SENT'), ('PENDING', 'FAILED'), ('PENDING', 'CANCELLED'),
        ('SENT', 'ACCEPTED'), ('SENT', 'DECLINED'), ('SENT', 'EXPIRED'), ('SENT', 'FAILED'),
        ('SENT', 'CANCELLED'),
        ('ACCEPTED', 'ACTIVE'), ('ACCEPTED', 'CANCELLED'), ('ACCEPTED', 'EXPIRED'),
        ('ACCEPTED', 'DECLINED'), ('ACCEPTED', 'FAILED'),
        ('ACTIVE', 'SUSPENDED'), ('ACTIVE', 'CANCELLED'), ('ACTIVE', 'EXPIRED'),
        ('SUSPENDED', 'ACTIVE'), ('SUSPENDED', 'CANCELLED'), ('SUSPENDED', 'EXPIRED')) THEN
        RAISE EXCEPTION 'mandate %: % does not become %', OLD.account_reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_moves_forward';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER mandate_frozen BEFORE UPDATE OR DELETE ON payments_mandate
    FOR EACH ROW EXECUTE FUNCTION freeze_mandate();
