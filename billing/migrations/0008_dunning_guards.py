"""Steps taken are never changed; who may see what of the ladder."""

from django.db import migrations

GUARDS = """
SELECT ispbill_append_only('billing_dunningevent');
SELECT ispbill_protect('billing_dunningevent', 'customer_id');
SELECT ispbill_protect('billing_dunninghold', 'customer_id');
SELECT ispbill_keep_versions('billing_dunningpolicy');
SELECT ispbill_keep_versions('billing_dunningstep');
SELECT ispbill_keep_versions('billing_holiday');

-- The portal tells a customer the day the line would be cut, which the rules decide.
SELECT ispbill_portal_may('SELECT', 'billing_dunningpolicy');
SELECT ispbill_portal_may('SELECT', 'billing_dunningstep');
SELECT ispbill_portal_may('SELECT', 'billing_holiday');
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_dunning"), ("customers", "0010_excluded_until")]
    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]
