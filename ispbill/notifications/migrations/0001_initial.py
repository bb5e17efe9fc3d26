import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('core', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dedup_key', models.CharField(max_length=120)),
                ('event', models.CharField(max_length=40)),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail'), ('WEB_PUSH', 'Notification')], max_length=10)),
                ('recipient', models.CharField(max_length=254)),
                ('customer_id', models.BigIntegerField(null=True)),
                ('user_id', models.BigIntegerField(null=True)),
                ('language', models.CharField(default='en', max_length=5)),
                ('context', models.JSONField(default=dict)),
                ('subject', models.CharField(blank=True, max_length=160)),
                ('body', models.TextField(blank=True)),
                ('parts', models.PositiveSmallIntegerField(default=0)),
                ('cost', models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ('state', models.CharField(choices=[('QUEUED', 'Queued'), ('SENDING', 'Sending'), ('SENT', 'Sent'), ('DELIVERED', 'Delivered'), ('FAILED', 'Failed'), ('UNKNOWN', 'Unknown'), ('CANCELLED', 'Cancelled')], default='QUEUED', max_length=10)),
                ('is_urgent', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
                ('lease_until', models.DateTimeField(null=True)),
                ('provider', models.CharField(blank=True, max_length=20)),
                ('provider_ref', models.CharField(blank=True, max_length=80)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('instead_of_id', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'QUEUED')), fields=['channel', 'is_urgent', 'next_attempt_at', 'id'], name='message_queued'), models.Index(condition=models.Q(('state', 'SENDING')), fields=['lease_until'], name='message_leased'), models.Index(condition=models.Q(('state__in', ['FAILED', 'UNKNOWN', 'CANCELLED'])), fields=['state', '-id'], name='message_unhappy'), models.Index(fields=['recipient', '-id'], name='message_recipient'), models.Index(condition=models.Q(('asked_at', None), ('state', 'SENT')), fields=['provider', 'sent_at'], name='message_untold'), models.Index(condition=models.Q(('cost__isnull', False)), fields=['sent_at'], include=['cost'], name='message_cost'), models.Index(fields=['customer_id', '-id'], name='message_customer')],
                'constraints': [models.UniqueConstraint(fields=('dedup_key',), name='message_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uses_sms', models.BooleanField(default=True)),
                ('uses_whatsapp', models.BooleanField(default=False)),
                ('uses_email', models.BooleanField(default=True)),
                ('uses_web_push', models.BooleanField(default=True)),
                ('falls_back_to_sms', models.BooleanField(default=True)),
                ('quiet_from_hour', models.PositiveSmallIntegerField(default=21)),
                ('quiet_until_hour', models.PositiveSmallIntegerField(default=8)),
                ('month_budget', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='message_settings_is_one_row'), models.CheckConstraint(condition=models.Q(('quiet_from_hour__lte', 23), ('quiet_until_hour__lte', 23)), name='message_settings_hours_exist'), models.CheckConstraint(condition=models.Q(('month_budget__gt', 0)), name='message_settings_budget_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=40)),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], max_length=10)),
                ('language', models.CharField(max_length=5)),
                ('subject', models.CharField(blank=True, max_length=160)),
                ('body', models.TextField(blank=True)),
                ('is_active', models.BooleanField(default=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('event', 'channel', 'language'), name='wording_once')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('ref', models.CharField(max_length=80)),
                ('our_id', models.CharField(blank=True, max_length=60)),
                ('status', models.CharField(choices=[('SENT', 'Sent'), ('DELIVERED', 'Delivered'), ('READ', 'Read'), ('FAILED', 'Failed')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('message_id', models.BigIntegerField(null=True)),
                ('happened_at', models.DateTimeField()),
                ('heard_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['message_id'], name='delivery_report_message'), models.Index(condition=models.Q(('message_id', None)), fields=['our_id'], name='delivery_report_early')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'ref', 'status'), name='delivery_report_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SSLWIRELESS', 'SSL Wireless'), ('BULKSMSBD', 'BulkSMSBD'), ('TWILIO', 'Twilio'), ('WHATSAPP', 'WhatsApp Cloud API')], max_length=12)),
                ('channel', models.CharField(max_length=10)),
                ('base_url', models.CharField(max_length=200)),
                ('sealed_credentials', models.TextField()),
                ('is_enabled', models.BooleanField(default=False)),
                ('balance', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('balance_currency', models.CharField(blank=True, max_length=3)),
                ('tested_at', models.DateTimeField(null=True)),
                ('is_test_passed', models.BooleanField(null=True)),
                ('test_words', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind',), name='message_provider_once'), models.UniqueConstraint(condition=models.Q(('is_enabled', True)), fields=('channel',), name='message_provider_one_a_channel')],
            },
        ),
        migrations.CreateModel(
            name='MessagePrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], max_length=10)),
                ('provider', models.CharField(blank=True, max_length=20)),
                ('prefix', models.CharField(blank=True, max_length=16)),
                ('valid_from', models.DateField()),
                ('price', models.DecimalField(decimal_places=4, max_digits=14)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'provider', 'prefix', 'valid_from'), name='message_price_once'), models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='message_price_is_not_negative'), models.CheckConstraint(condition=models.Q(('prefix', ''), ('prefix__regex', '^\\+[1-9][0-9]*$'), _connector='OR'), name='message_price_prefix_begins_a_number')],
            },
        ),
        migrations.CreateModel(
            name='BudgetAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('budget', models.DecimalField(decimal_places=2, max_digits=14)),
                ('percent', models.PositiveSmallIntegerField()),
                ('raised_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('month', 'budget', 'percent'), name='budget_alarm_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='budget_alarm_is_of_a_first_day')],
            },
        ),
        migrations.CreateModel(
            name='Bounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254)),
                ('status', models.CharField(max_length=12)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('is_final', models.BooleanField()),
                ('bounced_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['address', 'bounced_at'], name='bounce_address')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_final', True), ('lifted_at', None)), fields=('address',), name='bounce_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='PortalReading',
            fields=[
                ('customer_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('read_until', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PushKeys',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.CharField(max_length=90)),
                ('sealed_private_key', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='push_keys_are_one_row')],
            },
        ),
        migrations.CreateModel(
            name='PushDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('app', models.CharField(choices=[('PORTAL', '/portal/'), ('CONSOLE', '/admin/'), ('TECHNICIAN', '/technician/')], max_length=10)),
                ('endpoint', models.CharField(max_length=1000)),
                ('p256dh', models.CharField(max_length=90)),
                ('auth', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=60)),
                ('session_id', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('session_id__isnull', False)), fields=['session_id'], name='push_device_session')],
                'constraints': [models.UniqueConstraint(fields=('endpoint',), name='push_device_once')],
            },
        ),
        migrations.CreateModel(
            name='ReminderRefusal',
            fields=[
                ('customer_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='EventRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_id', models.BigIntegerField()),
                ('event', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('customer_id', 'event'), name='event_refusal_once')],
            },
        ),
        Install("notifications", "c35dd82391fe9dbd"),
    ]
