from django.db import migrations

# A portal's wish is written by a service of the house, about a service the portal's policies have
# found (`rls.as_house`): its own role chooses neither whose service it names nor its amounts.
READS_ONLY = """
DO $$ DECLARE named text; BEGIN
    FOREACH named IN ARRAY ARRAY['billing_packagechange', 'billing_breakrequest',
                                 'billing_document'] LOOP
        EXECUTE format('REVOKE INSERT, UPDATE ON %I FROM %I', named, ispbill_portal_role());
        EXECUTE format('REVOKE USAGE ON SEQUENCE %I FROM %I', named || '_id_seq',
                       ispbill_portal_role());
    END LOOP;
END $$;
DROP FUNCTION begin_package_change CASCADE;  -- it kept the portal from beginning with a decision
CREATE TRIGGER own_service AFTER INSERT ON billing_packagechange
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
"""
BACK = "DROP TRIGGER own_service ON billing_packagechange;"


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0026_invoices_by_due_date'),
    ]

    operations = [migrations.RunSQL(READS_ONLY, BACK)]
