"""A renewal choice has its service for a key, which row versions do not know; events tell of it."""

from django.db import migrations

SQL = """
DROP TRIGGER keep_versions_update ON payments_renewalchoice;
DROP TRIGGER keep_versions_delete ON payments_renewalchoice;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_days_by_approval")]
    operations = [
        migrations.RunSQL(SQL, "SELECT ispbill_keep_versions('payments_renewalchoice')")
    ]
