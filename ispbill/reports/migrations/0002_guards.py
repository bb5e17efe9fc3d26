"""A service's terms are the customer's own rows; the portals do not read them."""

from django.db import migrations

SQL = "SELECT ispbill_protect('reports_serviceterm', 'customer_id');"


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_revenue_figures"), ("core", "0001_ground")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
