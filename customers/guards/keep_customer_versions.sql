-- Keeps what a customer's row looked like before it changed, but for a status that only followed.
-- Rule: ispbill.audit.queries.history
CREATE OR REPLACE FUNCTION keep_customer_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Deeper than one: the update is that of derive_customer_status, and of nobody else.
    IF pg_trigger_depth() > 1 THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_rowversion ("table", row_id, valid_to, was_deleted, data, actor_id, request_id)
    SELECT 'customers_customer', o.id, ispbill_at(), false, to_jsonb(o) - 'search_text' - 'status',
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(current_setting('app.request_id', true), '')
    FROM old_rows o;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER keep_versions_update AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_customer_versions();
