from django.db import migrations

GUARDS = """
-- The customer carries its reseller's id; the constraint lives here because this app lies above.
ALTER TABLE customers_customer ADD CONSTRAINT customer_reseller_exists
    FOREIGN KEY (reseller_id) REFERENCES resellers_reseller (id) DEFERRABLE INITIALLY DEFERRED;
SELECT ispbill_keep_versions('resellers_reseller');
"""


class Migration(migrations.Migration):
    dependencies = [("resellers", "0001_initial"), ("customers", "0002_guards")]
    operations = [
        migrations.RunSQL(
            GUARDS, "ALTER TABLE customers_customer DROP CONSTRAINT customer_reseller_exists"
        )
    ]
