-- Refuses to change a voucher batch beyond its state.
-- Rule: payments.prepaid.services.voucher_batches
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE FUNCTION freeze_voucher_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.number <> NEW.number OR (OLD.sold_at IS NOT NULL
       AND to_jsonb(NEW) - ARRAY['status', 'collected_amount']
           <> to_jsonb(OLD) - ARRAY['status', 'collected_amount'])
       OR NEW.collected_amount < OLD.collected_amount
       OR (OLD.status <> 'DRAFT' AND NEW.status = 'DRAFT') THEN
        RAISE EXCEPTION 'voucher batch % is frozen', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_batch_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER voucher_batch_frozen BEFORE UPDATE OR DELETE ON payments_voucherbatch
    FOR EACH ROW EXECUTE FUNCTION freeze_voucher_batch();
