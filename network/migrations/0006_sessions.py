from django.db import migrations, models

# The portal says "Online" of a line only when it was seen with a session.
GRANT = """
DO $$ BEGIN
    EXECUTE format('GRANT SELECT (has_session, session_noted_at) ON network_access TO %I',
                   ispbill_portal_role());
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0005_owed_event'),
    ]

    operations = [
        migrations.AddField(
            model_name='access',
            name='has_session',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='access',
            name='session_noted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
    ]
