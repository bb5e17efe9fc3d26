-- Keeps what a row looked like before it changed or went, with the moment it stopped being true.
-- Rule: ispbill.audit.queries.history
-- Test: tests/laws/test_guards.py
--
-- Keep what a row looked like before it changed or went, with the moment it stopped being true.
CREATE OR REPLACE FUNCTION keep_row_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_rowversion ("table", row_id, valid_to, was_deleted, data, actor_id, request_id)

    SELECT TG_TABLE_NAME, (kept.row ->> 'id')::bigint, ispbill_at(), TG_OP = 'DELETE',
           kept.row - 'search_text',
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(current_setting('app.request_id', true), '')
    FROM (SELECT to_jsonb(o) AS row FROM old_rows o OFFSET 0) AS kept;

    RETURN NULL;
END
$$;
