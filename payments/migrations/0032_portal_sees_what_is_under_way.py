from django.db import migrations

GRANT = """
SELECT ispbill_portal_may('SELECT (claimed_at, paid_amount, paid_at)', 'payments_paymentattempt');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0031_messages_say_what_remains'),
    ]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
