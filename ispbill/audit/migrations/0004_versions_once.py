"""Turn each kept row into JSON once, not twice: half the cost of history in bulk statements."""

from django.db import migrations

_BODY = """
CREATE OR REPLACE FUNCTION keep_row_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_rowversion ("table", row_id, valid_to, was_deleted, data, actor_id, request_id)
    {select}
    RETURN NULL;
END $$;
"""
_ONCE = """
    SELECT TG_TABLE_NAME, (kept.row ->> 'id')::bigint, ispbill_at(), TG_OP = 'DELETE',
           kept.row - 'search_text',
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(current_setting('app.request_id', true), '')
    FROM (SELECT to_jsonb(o) AS row FROM old_rows o OFFSET 0) AS kept;
"""
_TWICE = """
    SELECT TG_TABLE_NAME, (to_jsonb(o) ->> 'id')::bigint, ispbill_at(), TG_OP = 'DELETE',
           to_jsonb(o) - 'search_text',
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(current_setting('app.request_id', true), '')
    FROM old_rows o;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seals")]
    operations = [migrations.RunSQL(_BODY.format(select=_ONCE), _BODY.format(select=_TWICE))]
