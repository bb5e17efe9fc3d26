import django.db.models.deletion
import uuid
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('core', '0001_initial'),
        ('customers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Router',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('host', models.CharField(max_length=253)),
                ('port', models.PositiveIntegerField(default=8728)),
                ('uses_tls', models.BooleanField(default=False)),
                ('uses_old_login', models.BooleanField(default=False)),
                ('username', models.CharField(max_length=60)),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sealed_password', models.TextField()),
                ('site', models.CharField(blank=True, max_length=80)),
                ('suspend_mode', models.CharField(choices=[('PROFILE', 'Walled garden profile'), ('DISABLE', 'Disable the login')], default='DISABLE', max_length=8)),
                ('walled_profile', models.CharField(default='EXPIRED', max_length=60)),
                ('max_sessions', models.PositiveSmallIntegerField(default=2)),
                ('status', models.CharField(choices=[('UNKNOWN', 'Unknown'), ('ONLINE', 'Online'), ('OFFLINE', 'Offline'), ('ON_HOLD', 'Needs attention')], default='UNKNOWN', max_length=8)),
                ('status_note', models.CharField(blank=True, max_length=300)),
                ('identity', models.CharField(blank=True, max_length=60)),
                ('version', models.CharField(blank=True, max_length=40)),
                ('uptime_seconds', models.BigIntegerField(null=True)),
                ('cpu_percent', models.PositiveSmallIntegerField(null=True)),
                ('last_seen_at', models.DateTimeField(null=True)),
                ('failures_in_a_row', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('is_enabled', models.BooleanField(default=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routers', to='accounts.branch')),
                ('address_pool', models.CharField(blank=True, max_length=60)),
                ('local_address', models.CharField(blank=True, max_length=45)),
                ('tls_fingerprint', models.CharField(blank=True, max_length=95)),
                ('walled_pool', models.CharField(blank=True, max_length=60)),
                ('added_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name',), name='router_name_once'), models.CheckConstraint(condition=models.Q(('port__gte', 1), ('port__lte', 65535)), name='router_port_exists')],
            },
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=60)),
                ('seal_id', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sealed_password', models.TextField(blank=True)),
                ('static_ip', models.GenericIPAddressField(blank=True, null=True)),
                ('mac_address', models.CharField(blank=True, max_length=17)),
                ('desired_state', models.CharField(choices=[('OPEN', 'Open'), ('WALLED', 'Suspended'), ('REMOVED', 'Removed')], default='WALLED', max_length=7)),
                ('desired_profile', models.CharField(max_length=60)),
                ('generation', models.BigIntegerField(default=1)),
                ('desired_since', models.DateTimeField()),
                ('confirmed_state', models.CharField(blank=True, choices=[('OPEN', 'Open'), ('WALLED', 'Suspended'), ('REMOVED', 'Removed')], max_length=7)),
                ('confirmed_profile', models.CharField(blank=True, max_length=60)),
                ('confirmed_generation', models.BigIntegerField(default=0)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('subscription', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='access', to='customers.subscription')),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='network.router')),
                ('is_in_doubt', models.BooleanField(default=False)),
                ('is_on_hold', models.BooleanField(default=False)),
                ('password_generation', models.BigIntegerField(default=0)),
                ('desired_by_name', models.CharField(default='system', max_length=160)),
                ('desired_reason', models.TextField(blank=True)),
                ('may_adopt', models.BooleanField(default=False)),
                ('owed_event', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('has_session', models.BooleanField(null=True)),
                ('session_noted_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'accesses',
                'indexes': [models.Index(condition=models.Q(('generation', models.F('confirmed_generation')), _negated=True), fields=['router', 'next_attempt_at'], name='access_unsettled'), models.Index(fields=['customer'], name='access_customer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('desired_state', 'REMOVED'), _negated=True), fields=('router', 'username'), name='access_username_once_per_router'), models.CheckConstraint(condition=models.Q(('confirmed_generation__lte', models.F('generation'))), name='access_confirms_no_future_state')],
            },
        ),
        migrations.CreateModel(
            name='ProtocolNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ANSWER', 'Answer'), ('FIELD', 'Field'), ('STATE', 'State')], max_length=6)),
                ('menu', models.CharField(max_length=60)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('value', models.CharField(blank=True, max_length=120)),
                ('sample', models.TextField(blank=True)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='protocol_notes', to='network.router')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('router', 'kind', 'menu', 'name', 'value'), name='protocol_note_once')],
            },
        ),
        migrations.CreateModel(
            name='Leftover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=60)),
                ('since', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('access', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leftovers', to='network.access')),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leftovers', to='network.router')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('router', 'access', 'username'), name='leftover_once_per_router')],
            },
        ),
        migrations.CreateModel(
            name='RouterLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('action', models.CharField(max_length=40)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('is_ok', models.BooleanField()),
                ('error', models.CharField(blank=True, max_length=300)),
                ('access', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='log', to='network.access')),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log', to='network.router')),
            ],
            options={
                'indexes': [models.Index(fields=['router', '-id'], name='router_log_latest'), models.Index(fields=['access', '-id'], name='router_log_access')],
            },
        ),
        Install("network", "84e8049183ecf441"),
    ]
