"""Append-only trail, row history by trigger, and the rule "no state change without a reason"."""

from django.db import migrations

FUNCTIONS = """
SELECT ispbill_append_only('audit_auditevent');
SELECT ispbill_append_only('audit_rowversion');
SELECT ispbill_protect('audit_auditevent', 'customer_id');

-- Keep what a row looked like before it changed or went, with the moment it stopped being true.
CREATE FUNCTION keep_row_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_rowversion ("table", row_id, valid_to, was_deleted, data, actor_id, request_id)
    SELECT TG_TABLE_NAME, (to_jsonb(o) ->> 'id')::bigint, ispbill_at(), TG_OP = 'DELETE',
           to_jsonb(o) - 'search_text',
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(current_setting('app.request_id', true), '')
    FROM old_rows o;
    RETURN NULL;
END $$;

CREATE FUNCTION ispbill_keep_versions(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER keep_versions_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions()', target);
    EXECUTE format('CREATE TRIGGER keep_versions_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions()', target);
END $$;

-- The reason of the present transaction, refused when it is missing or an excuse for one.
CREATE FUNCTION stated_reason() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    reason text := coalesce(current_setting('app.reason', true), '');
BEGIN
    IF length(regexp_replace(reason, '\\s', '', 'g')) < 10 THEN
        RAISE EXCEPTION 'a reason of at least ten characters is required'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'state_change_has_reason';
    END IF;
    RETURN reason;
END $$;
"""

DROP = """
DROP FUNCTION stated_reason, ispbill_keep_versions;
DROP FUNCTION keep_row_versions CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
