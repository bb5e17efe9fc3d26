"""Switching thousands of services in one statement: write down once what happened.

A customer's status follows from the services, whose own change is kept with before and after and
audited with actor and reason. Keeping the customer's whole row beside it says nothing more and cost
a tenth of a suspension run, so a change made by that derivation leaves no version of its own, and
the customer's versions say nothing of the status.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION keep_customer_versions() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
DROP TRIGGER keep_versions_update ON customers_customer;
CREATE TRIGGER keep_versions_update AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_customer_versions();
"""

BACKWARDS = """
DROP FUNCTION keep_customer_versions CASCADE;
CREATE TRIGGER keep_versions_update AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_row_versions();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_catalogue_guards"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
