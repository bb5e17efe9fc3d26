"""Portal pages ask the business clock too; where its cache is empty that is a read of this row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0003_bills_while_cut_off")]
    operations = [
        migrations.RunSQL(
            "SELECT ispbill_portal_may('SELECT', 'core_simulatedclock');", migrations.RunSQL.noop
        )
    ]
