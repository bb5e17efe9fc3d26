"""Bridged days are facts; choices and gifts keep their history; all are the customer's own."""

from django.db import migrations

SQL = """
SELECT ispbill_append_only('payments_bridgeddays');
SELECT ispbill_protect('payments_bridgeddays', 'customer_id');
SELECT ispbill_protect('payments_renewalchoice', 'customer_id');
SELECT ispbill_protect('payments_gift', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'payments_bridgeddays');
SELECT ispbill_portal_may('SELECT', 'payments_renewalchoice');
SELECT ispbill_keep_versions('payments_renewalchoice');
SELECT ispbill_keep_versions('payments_gift');
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_prepaid")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
