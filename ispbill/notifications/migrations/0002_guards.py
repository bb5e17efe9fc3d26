from django.db import migrations

GUARDS = """
SELECT ispbill_protect('notifications_message', 'customer_id');
SELECT ispbill_keep_versions('notifications_wording');
ALTER TABLE notifications_message SET (fillfactor = 80);
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("audit", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
