-- Takes what is personal out of the trail of a customer who was erased: audit events and kept rows.
-- Rule: ispbill.upkeep.services.erasure
-- Test: tests/upkeep/test_erasure.py
--
-- Runs as the tables' owner: the app may change neither. It works for nobody who is not erased, it
-- touches personal keys only, and the seal's hash of each event is kept (audit_erasedevent).
CREATE OR REPLACE FUNCTION ispbill_erase_trail(erased bigint, personal text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $$
DECLARE
    events bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM customers_customer WHERE id = erased AND erased_at IS NOT NULL) THEN
        RAISE EXCEPTION 'customer % is not erased', erased USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO audit_erasedevent (event_id, digest)
    SELECT e.id, audit_line_digest(e) FROM audit_auditevent e
    WHERE e.customer_id = erased
      AND (e.before ?| personal OR e.after ?| personal OR e.target_type = 'customer')
    ON CONFLICT DO NOTHING;
    ALTER TABLE audit_auditevent DISABLE TRIGGER append_only;
    UPDATE audit_auditevent
    SET before = without_personal(before, personal), after = without_personal(after, personal),
        target_label = CASE target_type WHEN 'customer' THEN 'erased' ELSE target_label END
    WHERE customer_id = erased
      AND (before ?| personal OR after ?| personal OR target_type = 'customer');
    GET DIAGNOSTICS events = ROW_COUNT;
    ALTER TABLE audit_auditevent ENABLE TRIGGER append_only;
    ALTER TABLE audit_rowversion DISABLE TRIGGER append_only;
    UPDATE audit_rowversion SET data = without_personal(data, personal)
    WHERE ("table" = 'customers_customer' AND row_id = erased)
       OR data @> jsonb_build_object('customer_id', erased);
    ALTER TABLE audit_rowversion ENABLE TRIGGER append_only;
    RETURN events;
END
$$;
