from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("audit", "0002_guards")]
    operations = [
        migrations.RunSQL(
            "SELECT ispbill_keep_versions('accounts_branch');"
            "SELECT ispbill_portal_may('SELECT', 'accounts_branch');",
            migrations.RunSQL.noop,
        )
    ]
