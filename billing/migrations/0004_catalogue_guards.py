"""Lines give days back by narrowing what they hold; the new tables are the customer's own."""

from django.db import migrations

LINES = """
-- Issued lines stay as they are but for two things: a void one is not live any more, and days that
-- a credit note gave back are let go, so that they can be billed anew. Days never come back.
CREATE OR REPLACE FUNCTION freeze_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT status INTO state FROM billing_invoice WHERE id = OLD.invoice_id;
    IF state IS NULL OR state = 'DRAFT' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND state = 'VOID' AND OLD.is_live AND NOT NEW.is_live
       AND to_jsonb(NEW) - 'is_live' = to_jsonb(OLD) - 'is_live' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND state = 'OPEN' AND NEW.held_span IS NOT NULL
       AND NEW.held_span <@ coalesce(OLD.held_span, OLD.span)
       AND to_jsonb(NEW) - 'held_span' = to_jsonb(OLD) - 'held_span' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the lines of an issued invoice are frozen'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
END $$;
"""

OWN = """
SELECT ispbill_protect('billing_discount', 'customer_id');
SELECT ispbill_protect('billing_pricestep', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_discount');
SELECT ispbill_portal_may('SELECT', 'billing_pricestep');
SELECT ispbill_keep_versions('billing_discount');
SELECT ispbill_keep_versions('billing_promotion');
SELECT ispbill_keep_versions('billing_pricechange');
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_catalogue"), ("customers", "0006_catalogue_guards")]
    operations = [
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
    ]
