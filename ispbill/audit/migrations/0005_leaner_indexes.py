"""Every change writes an event: an index nobody asks by is gone, one is without empty words."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_versions_once'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='auditevent',
            name='audit_event_actor',
        ),
        migrations.RemoveIndex(
            model_name='auditevent',
            name='audit_event_request',
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='audit_event_request'),
        ),
    ]
