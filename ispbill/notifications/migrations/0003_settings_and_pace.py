from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='GatewayPace',
            fields=[
                ('channel', models.CharField(max_length=10, primary_key=True, serialize=False)),
                ('free_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MessageSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uses_sms', models.BooleanField(default=True)),
                ('uses_whatsapp', models.BooleanField(default=False)),
                ('uses_email', models.BooleanField(default=True)),
                ('quiet_from_hour', models.PositiveSmallIntegerField(default=21)),
                ('quiet_until_hour', models.PositiveSmallIntegerField(default=8)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='message',
            name='message_due',
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'QUEUED')), fields=['channel', 'is_urgent', 'next_attempt_at', 'id'], name='message_queued'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'SENDING')), fields=['lease_until'], name='message_leased'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state__in', ['FAILED', 'UNKNOWN', 'CANCELLED'])), fields=['state', '-id'], name='message_unhappy'),
        ),
        migrations.AddConstraint(
            model_name='messagesettings',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='message_settings_is_one_row'),
        ),
        migrations.AddConstraint(
            model_name='messagesettings',
            constraint=models.CheckConstraint(condition=models.Q(('quiet_from_hour__lte', 23), ('quiet_until_hour__lte', 23)), name='message_settings_hours_exist'),
        ),
        migrations.RunSQL(
            "SELECT ispbill_keep_versions('notifications_messagesettings');"
            # A customer may read the messages on the own account (codes belong to no account).
            "SELECT ispbill_portal_may('SELECT', 'notifications_message');",
            migrations.RunSQL.noop,
        ),
    ]
