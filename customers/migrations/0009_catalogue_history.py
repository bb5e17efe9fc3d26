"""Prices and rates that were in force stay as they were; an add-on is ended, never rewritten."""

from django.db import migrations, models

SQL = """
-- The company's own date at the moment the present transaction works at.
CREATE FUNCTION company_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (ispbill_at() AT TIME ZONE coalesce(
        (SELECT time_zone FROM core_company WHERE id = 1), 'UTC'))::date
$$;

-- A rate is only ended by a newer one. One that has not begun yet may be withdrawn. Work that says
-- when it happens (every service does) adds none to the past of a class that has rates already.
CREATE FUNCTION keep_tax_rate_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.effective_from > company_today() THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND (
        coalesce(current_setting('app.at', true), '') = ''
        OR NEW.effective_from >= company_today()
        OR NOT EXISTS (SELECT FROM customers_taxrate r WHERE r.tax_class_id = NEW.tax_class_id))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'tax rates of days gone by stay as they were'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'tax_rate_history_is_kept';
END $$;
CREATE TRIGGER tax_rate_history BEFORE INSERT OR UPDATE OR DELETE ON customers_taxrate
    FOR EACH ROW EXECUTE FUNCTION keep_tax_rate_history();

CREATE FUNCTION keep_price_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_from < company_today() THEN
        RAISE EXCEPTION 'prices of days gone by stay as they were'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_price_history_is_kept';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER price_history BEFORE UPDATE OR DELETE ON customers_packageprice
    FOR EACH ROW EXECUTE FUNCTION keep_price_history();

-- What belongs to a service belongs to that service's customer.
CREATE FUNCTION check_service_is_the_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN customers_subscription s ON s.id = n.subscription_id
    WHERE s.customer_id <> n.customer_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% names a service of another customer', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_is_the_customers';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER own_service AFTER INSERT ON customers_subscriptionaddon
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();

-- What was sold stays what was sold; only its end is set, and why.
CREATE FUNCTION freeze_subscription_addon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{ends_on,reason}'::text[]
                          = to_jsonb(OLD) - '{ends_on,reason}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an add-on that was sold is ended, never changed or removed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'subscription_addon_is_frozen';
END $$;
CREATE TRIGGER addon_frozen BEFORE UPDATE OR DELETE ON customers_subscriptionaddon
    FOR EACH ROW EXECUTE FUNCTION freeze_subscription_addon();
"""

DROP = """
DROP FUNCTION freeze_subscription_addon, check_service_is_the_customers, keep_price_history,
    keep_tax_rate_history, company_today CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_prepaid"), ("core", "0005_catalogue")]
    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("is_tax_exempt", True)),
                fields=["id"],
                name="customer_tax_exempt",
            ),
        ),
        migrations.RunSQL(SQL, DROP),
    ]
