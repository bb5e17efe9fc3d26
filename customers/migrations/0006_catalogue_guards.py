"""The catalogue keeps its history; a service's add-ons are the customer's own."""

from django.db import migrations

SQL = """
SELECT ispbill_protect('customers_subscriptionaddon', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_subscriptionaddon');
SELECT ispbill_portal_may('SELECT', 'customers_addon');
SELECT ispbill_portal_may('SELECT', 'customers_taxclass');
SELECT ispbill_portal_may('SELECT', 'customers_taxrate');
SELECT ispbill_keep_versions('customers_subscriptionaddon');
SELECT ispbill_keep_versions('customers_addon');
SELECT ispbill_keep_versions('customers_fee');
SELECT ispbill_keep_versions('customers_taxclass');
SELECT ispbill_keep_versions('customers_taxrate');
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_catalogue")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
