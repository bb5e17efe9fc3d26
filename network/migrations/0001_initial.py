from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import uuid
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import ispbill.core.columns
from django.conf import settings
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ('suspend_mode', models.CharField(choices=[('PROFILE', 'Walled garden profile'), ('DISABLE', 'Switch the line off'), ('ADDRESS_LIST', 'Address list of the firewall')], default='DISABLE', max_length=12)),
                ('default_method', models.CharField(choices=[('PPPOE', 'PPPoE login'), ('QUEUE', 'Fixed address and queue'), ('DHCP', 'DHCP lease by MAC'), ('HOTSPOT', 'Hotspot user')], db_default='PPPOE', default='PPPOE', max_length=7)),
                ('dhcp_server', models.CharField(blank=True, db_default='', default='', max_length=60)),
                ('burst_percent', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('burst_seconds', models.PositiveSmallIntegerField(db_default=10, default=10)),
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
                'constraints': [models.UniqueConstraint(fields=('name',), name='router_name_once'), models.CheckConstraint(condition=models.Q(('port__gte', 1), ('port__lte', 65535)), name='router_port_exists'), models.CheckConstraint(condition=models.Q(('burst_percent', 0), models.Q(('burst_percent__gt', 100), ('burst_percent__lte', 400), ('burst_seconds__gte', 1)), _connector='OR'), name='router_burst_is_faster_than_sold')],
            },
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('PPPOE', 'PPPoE login'), ('QUEUE', 'Fixed address and queue'), ('DHCP', 'DHCP lease by MAC'), ('HOTSPOT', 'Hotspot user')], db_default='PPPOE', default='PPPOE', max_length=7)),
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('desired_state', 'REMOVED'), _negated=True), fields=('router', 'username'), name='access_username_once_per_router'), models.UniqueConstraint(condition=models.Q(('method__in', ['QUEUE', 'DHCP']), models.Q(('desired_state', 'REMOVED'), _negated=True)), fields=('router', 'static_ip'), name='access_address_once_per_router'), models.UniqueConstraint(condition=models.Q(('method', 'DHCP'), models.Q(('desired_state', 'REMOVED'), _negated=True)), fields=('router', 'mac_address'), name='access_mac_once_per_router'), models.CheckConstraint(condition=models.Q(('method__in', ['PPPOE', 'HOTSPOT']), ('desired_state', 'REMOVED'), models.Q(('method', 'QUEUE'), ('static_ip__isnull', False)), models.Q(('method', 'DHCP'), ('static_ip__isnull', False), models.Q(('mac_address', ''), _negated=True)), _connector='OR'), name='access_method_has_its_address'), models.CheckConstraint(condition=models.Q(('confirmed_generation__lte', models.F('generation'))), name='access_confirms_no_future_state')],
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
                ('method', models.CharField(choices=[('PPPOE', 'PPPoE login'), ('QUEUE', 'Fixed address and queue'), ('DHCP', 'DHCP lease by MAC'), ('HOTSPOT', 'Hotspot user')], db_default='PPPOE', default='PPPOE', max_length=7)),
                ('username', models.CharField(max_length=60)),
                ('since', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('access', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leftovers', to='network.access')),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leftovers', to='network.router')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('router', 'access', 'username', 'method'), name='leftover_once_per_router')],
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
        migrations.CreateModel(
            name='FupRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window', models.CharField(choices=[('DAY', 'a day'), ('CYCLE', 'a billing cycle')], default='CYCLE', max_length=5)),
                ('threshold_gb', models.PositiveIntegerField()),
                ('counts', models.CharField(choices=[('TOTAL', 'Upload and download'), ('DOWNLOAD', 'Download only')], default='TOTAL', max_length=8)),
                ('action', models.CharField(choices=[('NOTIFY', 'Tell the customer'), ('THROTTLE', 'Slow the line down')], default='NOTIFY', max_length=8)),
                ('download_mbps', models.PositiveIntegerField(blank=True, null=True)),
                ('upload_mbps', models.PositiveIntegerField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='FupState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('window_start', models.DateField()),
                ('window_end', models.DateField()),
                ('used_bytes', models.BigIntegerField(default=0)),
                ('told_percent', models.PositiveSmallIntegerField(default=0)),
                ('level', models.CharField(choices=[('OK', 'Below the warnings'), ('WARNED', 'Warned'), ('REACHED', 'Reached')], default='OK', max_length=7)),
                ('reached_at', models.DateTimeField(null=True)),
                ('applied_profile', models.CharField(blank=True, max_length=60)),
                ('is_lifted', models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name='LineSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=45)),
                ('caller_id', models.CharField(blank=True, max_length=60)),
                ('upload_bytes', models.BigIntegerField()),
                ('download_bytes', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='UsageAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('REFUSED', 'Counter jumped: not counted'), ('FASTER', 'Faster than sold'), ('HEAVY', 'Heavy user'), ('JUMP', 'Sudden jump')], max_length=8)),
                ('on', models.DateField()),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('WATCHED', 'Watched'), ('DISMISSED', 'Dismissed')], default='OPEN', max_length=9)),
                ('reason', models.TextField(blank=True)),
                ('silent_until', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='UsageCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.CharField(blank=True, max_length=80)),
                ('began_at', models.DateTimeField()),
                ('read_at', models.DateTimeField()),
                ('upload_counter', models.BigIntegerField()),
                ('download_counter', models.BigIntegerField()),
                ('upload_bytes', models.BigIntegerField(db_default=0, default=0)),
                ('download_bytes', models.BigIntegerField(db_default=0, default=0)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('caller_id', models.CharField(blank=True, max_length=60)),
                ('is_open', models.BooleanField(db_default=True, default=True)),
                ('upload_rate', models.BigIntegerField(db_default=0, default=0)),
                ('download_rate', models.BigIntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.CreateModel(
            name='UsageDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('upload_bytes', models.BigIntegerField()),
                ('download_bytes', models.BigIntegerField()),
                ('total_bytes', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('upload_bytes'), '+', models.F('download_bytes')), output_field=models.BigIntegerField())),
                ('free_bytes', models.BigIntegerField(db_default=0, default=0)),
                ('source', models.CharField(choices=[('RADIUS', 'RADIUS'), ('INTERSTELLIO', 'Interstellio'), ('MIKROTIK', 'MikroTik'), ('MANUAL', 'Typed in'), ('ESTIMATED', 'Estimated')], max_length=12)),
                ('is_mixed', models.BooleanField(db_default=False, default=False)),
                ('is_pinned', models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name='UsageGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='UsageHour',
            fields=[
                ('pk', models.CompositePrimaryKey('subscription_id', 'hour_start', 'source', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subscription', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.subscription')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('hour_start', models.DateTimeField()),
                ('source', models.CharField(choices=[('RADIUS', 'RADIUS'), ('INTERSTELLIO', 'Interstellio'), ('MIKROTIK', 'MikroTik'), ('MANUAL', 'Typed in'), ('ESTIMATED', 'Estimated')], max_length=12)),
                ('upload_bytes', models.BigIntegerField()),
                ('download_bytes', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='UsagePoll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(null=True)),
                ('uptime_seconds', models.BigIntegerField(default=0)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('strangers', models.PositiveIntegerField(default=0)),
                ('late', models.PositiveBigIntegerField(default=0)),
                ('refused', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='UsageSample',
                    fields=[
                        ('pk', models.CompositePrimaryKey('subscription_id', 'read_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('subscription_id', models.BigIntegerField()),
                        ('router_id', models.BigIntegerField()),
                        ('read_at', models.DateTimeField()),
                        ('since', models.DateTimeField()),
                        ('upload_counter', models.BigIntegerField()),
                        ('download_counter', models.BigIntegerField()),
                        ('upload_bytes', models.BigIntegerField()),
                        ('download_bytes', models.BigIntegerField()),
                    ],
                ),
            ],
            database_operations=[
                # A table for each day: made and dropped by network.usage.services.keeping.
                migrations.RunSQL(
                    """
                    CREATE TABLE network_usagesample (
                        subscription_id bigint NOT NULL, router_id bigint NOT NULL,
                        read_at timestamptz NOT NULL, since timestamptz NOT NULL,
                        upload_counter bigint NOT NULL, download_counter bigint NOT NULL,
                        upload_bytes bigint NOT NULL, download_bytes bigint NOT NULL,
                        PRIMARY KEY (subscription_id, read_at)
                    ) PARTITION BY RANGE (read_at)
                    """,
                    "DROP TABLE network_usagesample",
                ),
            ],
        ),
        migrations.CreateModel(
            name='UsageSlot',
            fields=[
                ('pk', models.CompositePrimaryKey('router_id', 'starts_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('router', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router')),
                ('starts_at', models.DateTimeField()),
                ('upload_bytes', models.BigIntegerField()),
                ('download_bytes', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='router',
            name='counter_bits',
            field=models.PositiveSmallIntegerField(db_default=64, default=64),
        ),
        migrations.AddConstraint(
            model_name='router',
            constraint=models.CheckConstraint(condition=models.Q(('counter_bits__in', [32, 64])), name='router_counter_bits_are_known'),
        ),
        migrations.AddField(
            model_name='fuprule',
            name='package',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fup_rules', to='customers.package'),
        ),
        migrations.AddField(
            model_name='fupstate',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='fupstate',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='states', to='network.fuprule'),
        ),
        migrations.AddField(
            model_name='fupstate',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fup_states', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='linesession',
            name='router',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router'),
        ),
        migrations.AddField(
            model_name='linesession',
            name='subscription',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='usagealert',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='usagecounter',
            name='router',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router'),
        ),
        migrations.AddField(
            model_name='usagecounter',
            name='subscription',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='usage_counter', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='usageday',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='usageday',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usage_days', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='usagegap',
            name='router',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router'),
        ),
        migrations.AddField(
            model_name='usagepoll',
            name='router',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='usage_poll', to='network.router'),
        ),
        migrations.AddConstraint(
            model_name='fuprule',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('package', 'window', 'threshold_gb'), name='fup_rule_once'),
        ),
        migrations.AddConstraint(
            model_name='fuprule',
            constraint=models.CheckConstraint(condition=models.Q(('threshold_gb__gt', 0)), name='fup_threshold_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='fuprule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('action', 'NOTIFY'), ('download_mbps', None), ('upload_mbps', None)), models.Q(('action', 'THROTTLE'), ('download_mbps__gte', 1), ('upload_mbps__gte', 1)), _connector='OR'), name='fup_throttle_has_speeds'),
        ),
        migrations.AddConstraint(
            model_name='fupstate',
            constraint=models.UniqueConstraint(fields=('rule', 'subscription'), name='fup_state_once'),
        ),
        migrations.AddIndex(
            model_name='linesession',
            index=models.Index(fields=['subscription', '-last_seen_at'], name='line_session_latest'),
        ),
        migrations.AddConstraint(
            model_name='usagealert',
            constraint=models.UniqueConstraint(fields=('subscription', 'kind', 'on'), name='usage_alert_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='usageday',
            index=models.Index(fields=['date'], name='usage_day_date'),
        ),
        migrations.AddConstraint(
            model_name='usageday',
            constraint=models.UniqueConstraint(fields=('subscription', 'date'), name='usage_day_once'),
        ),
        migrations.AddConstraint(
            model_name='usageday',
            constraint=models.CheckConstraint(condition=models.Q(('upload_bytes__gte', 0), ('download_bytes__gte', 0), ('free_bytes__gte', 0), ('free_bytes__lte', django.db.models.expressions.CombinedExpression(models.F('upload_bytes'), '+', models.F('download_bytes')))), name='usage_day_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='usagegap',
            constraint=models.UniqueConstraint(fields=('router', 'since'), name='usage_gap_once'),
        ),
        migrations.AddConstraint(
            model_name='usagegap',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='usage_gap_has_length'),
        ),
        migrations.AddIndex(
            model_name='usagehour',
            index=models.Index(fields=['hour_start'], name='usage_hour_oldest'),
        ),
        migrations.AddConstraint(
            model_name='usagehour',
            constraint=models.CheckConstraint(condition=models.Q(('upload_bytes__gte', 0), ('download_bytes__gte', 0)), name='usage_hour_is_not_negative'),
        ),
        migrations.AddField(
            model_name='router',
            name='silent_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('is_planned', models.BooleanField(default=False)),
                ('severity', models.CharField(choices=[('DOWN', 'No connection'), ('DEGRADED', 'Slow or unstable')], default='DOWN', max_length=8)),
                ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('INVESTIGATING', 'Investigating'), ('IDENTIFIED', 'Identified'), ('MONITORING', 'Monitoring'), ('RESOLVED', 'Resolved'), ('CANCELLED', 'Cancelled'), ('MERGED', 'Merged'), ('SCHEDULED', 'Scheduled'), ('IN_PROGRESS', 'In progress'), ('COMPLETED', 'Completed')], max_length=13)),
                ('title', models.CharField(max_length=120)),
                ('local_title', models.CharField(blank=True, max_length=120)),
                ('cause', models.CharField(choices=[('UNKNOWN', 'Not known yet'), ('CABLE', 'Cable cut'), ('POWER', 'Power failure'), ('EQUIPMENT', 'Faulty equipment'), ('UPSTREAM', 'Upstream provider'), ('WORKS', 'Our own works'), ('OTHER', 'Something else')], default='UNKNOWN', max_length=9)),
                ('started_at', models.DateTimeField()),
                ('expected_at', models.DateTimeField(blank=True, null=True)),
                ('restored_at', models.DateTimeField(null=True)),
                ('announced_at', models.DateTimeField(null=True)),
                ('is_creditable', models.BooleanField(default=True)),
                ('not_creditable_reason', models.TextField(blank=True)),
                ('not_ours_reason', models.TextField(blank=True)),
                ('credited_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='network.outage')),
                ('proposed_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router')),
            ],
        ),
        migrations.CreateModel(
            name='OutageScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.area')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='network.outage')),
                ('router', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router')),
            ],
        ),
        migrations.CreateModel(
            name='OutageSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('propose_after_minutes', models.PositiveSmallIntegerField(default=10)),
                ('tail_hours', models.PositiveSmallIntegerField(default=24)),
                ('credit', models.CharField(choices=[('PROPOSE', 'Propose, a person decides'), ('AUTO', 'By itself'), ('OFF', 'No credit')], default='PROPOSE', max_length=7)),
                ('credit_rule', models.CharField(choices=[('MINUTES', 'By the minutes without service'), ('BTRC_2021', 'BTRC 2021: half, three quarters or all of the month')], default='MINUTES', max_length=9)),
                ('credit_min_minutes', models.PositiveSmallIntegerField(default=240)),
                ('credit_min_amount', models.DecimalField(decimal_places=2, default=Decimal('1.00'), max_digits=14)),
                ('maintenance_notice_hours', models.PositiveSmallIntegerField(default=48)),
                ('uptime_target', models.DecimalField(decimal_places=3, default=Decimal('99.500'), max_digits=6)),
            ],
            options={
                'verbose_name_plural': 'outage settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='outage_settings_are_one_row'), models.CheckConstraint(condition=models.Q(('uptime_target__gt', 0), ('uptime_target__lte', 100)), name='outage_target_is_a_percentage')],
            },
        ),
        migrations.CreateModel(
            name='OutageTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=10)),
                ('recipient', models.CharField(max_length=254)),
                ('told_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told', to='network.outage')),
            ],
        ),
        migrations.CreateModel(
            name='OutageUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('INVESTIGATING', 'Investigating'), ('IDENTIFIED', 'Identified'), ('MONITORING', 'Monitoring'), ('RESOLVED', 'Resolved'), ('CANCELLED', 'Cancelled'), ('MERGED', 'Merged'), ('SCHEDULED', 'Scheduled'), ('IN_PROGRESS', 'In progress'), ('COMPLETED', 'Completed')], max_length=13)),
                ('text', models.CharField(max_length=400)),
                ('local_text', models.CharField(blank=True, max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='updates', to='network.outage')),
            ],
        ),
        migrations.CreateModel(
            name='RouterSilence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='silences', to='network.router')),
            ],
        ),
        migrations.CreateModel(
            name='UptimeMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('revision', models.PositiveSmallIntegerField(default=0)),
                ('total_seconds', models.BigIntegerField()),
                ('down_seconds', models.BigIntegerField()),
                ('target', models.DecimalField(decimal_places=3, max_digits=6)),
                ('is_breach', models.BooleanField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.area')),
                ('router', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router')),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(condition=models.Q(('state__in', ('INVESTIGATING', 'IDENTIFIED', 'MONITORING', 'IN_PROGRESS', 'SCHEDULED'))), fields=['started_at'], name='outage_open'),
        ),
        migrations.AddIndex(
            model_name='outage',
            index=models.Index(fields=['-started_at', '-id'], name='outage_latest'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.UniqueConstraint(fields=('number',), name='outage_number_once'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'PROPOSED')), fields=('proposed_for',), name='outage_proposed_once'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_planned', True), ('state__in', ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'MERGED'))), models.Q(('is_planned', False), ('state__in', ('PROPOSED', 'INVESTIGATING', 'IDENTIFIED', 'MONITORING', 'RESOLVED', 'CANCELLED', 'MERGED'))), _connector='OR'), name='outage_state_fits_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('restored_at__gte', models.F('started_at')), ('state__in', ('RESOLVED', 'COMPLETED'))), models.Q(models.Q(('state__in', ('RESOLVED', 'COMPLETED')), _negated=True), ('restored_at__isnull', True)), _connector='OR'), name='outage_over_when_restored'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'MERGED'), ('merged_into__isnull', False)), models.Q(models.Q(('state', 'MERGED'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='outage_merged_into_another'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('is_planned', False), ('expected_at__gt', models.F('started_at')), _connector='OR'), name='outage_works_end_after_they_begin'),
        ),
        migrations.AddConstraint(
            model_name='outage',
            constraint=models.CheckConstraint(condition=models.Q(('is_creditable', True), models.Q(('not_creditable_reason', ''), _negated=True), _connector='OR'), name='outage_without_credit_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='outagescope',
            constraint=models.UniqueConstraint(fields=('outage', 'area'), name='outage_scope_area_once'),
        ),
        migrations.AddConstraint(
            model_name='outagescope',
            constraint=models.UniqueConstraint(fields=('outage', 'router'), name='outage_scope_router_once'),
        ),
        migrations.AddConstraint(
            model_name='outagescope',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', False), ('router__isnull', True)), models.Q(('area__isnull', True), ('router__isnull', False)), _connector='OR'), name='outage_scope_is_one_place'),
        ),
        migrations.AddConstraint(
            model_name='outagescope',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='outage_scope_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='outagetold',
            constraint=models.UniqueConstraint(fields=('outage', 'channel', 'recipient'), name='outage_told_once'),
        ),
        migrations.AddIndex(
            model_name='outageupdate',
            index=models.Index(fields=['outage', '-id'], name='outage_update_latest'),
        ),
        migrations.AddConstraint(
            model_name='routersilence',
            constraint=models.UniqueConstraint(fields=('router', 'since'), name='router_silence_once'),
        ),
        migrations.AddConstraint(
            model_name='routersilence',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('router',), name='router_silent_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='routersilence',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='router_silence_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='uptimemonth',
            constraint=models.UniqueConstraint(fields=('month', 'router', 'area', 'revision'), name='uptime_month_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='uptimemonth',
            constraint=models.CheckConstraint(condition=models.Q(('router__isnull', True), ('area__isnull', True), _connector='OR'), name='uptime_is_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='uptimemonth',
            constraint=models.CheckConstraint(condition=models.Q(('down_seconds__gte', 0), ('total_seconds__gte', models.F('down_seconds'))), name='uptime_down_within_total'),
        ),
        migrations.AddConstraint(
            model_name='uptimemonth',
            constraint=models.CheckConstraint(condition=models.Q(('revision', 0), models.Q(('reason', ''), _negated=True), _connector='OR'), name='uptime_revision_has_reason'),
        ),
        migrations.CreateModel(
            name='SpeedTestSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_offered', models.BooleanField(default=True)),
                ('address', models.URLField(blank=True)),
                ('networks', models.CharField(blank=True, max_length=500)),
                ('seconds', models.PositiveSmallIntegerField(default=10)),
                ('most_megabytes', models.PositiveIntegerField(default=400)),
                ('most_at_once', models.PositiveSmallIntegerField(default=2)),
                ('good_percent', models.PositiveSmallIntegerField(default=80)),
                ('weak_percent', models.PositiveSmallIntegerField(default=50)),
            ],
            options={
                'verbose_name_plural': 'speed test settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='speed_test_settings_are_one_row'), models.CheckConstraint(condition=models.Q(('most_megabytes__range', (20, 4000)), ('seconds__range', (3, 20)), ('good_percent__lte', 100), ('most_at_once__gte', 1), ('weak_percent__gte', 1), ('weak_percent__lt', models.F('good_percent'))), name='speed_test_limits_are_sound')],
            },
        ),
        migrations.CreateModel(
            name='SpeedTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('place', models.CharField(choices=[('OWN', 'From this line'), ('FOREIGN', 'Not from this line'), ('UNKNOWN', 'Not known from where')], max_length=7)),
                ('medium', models.CharField(blank=True, choices=[('CABLE', 'Cable'), ('WIFI', 'Wi-Fi')], max_length=5)),
                ('sold_download_mbps', models.PositiveIntegerField()),
                ('sold_upload_mbps', models.PositiveIntegerField()),
                ('download_mbps', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('upload_mbps', models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ('ping_ms', models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ('jitter_ms', models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ('percent', models.PositiveIntegerField(null=True)),
                ('verdict', models.CharField(blank=True, choices=[('GOOD', 'Good'), ('WEAK', 'Weak'), ('POOR', 'Poor')], max_length=4)),
                ('used_bytes', models.BigIntegerField(default=0)),
                ('user_agent', models.CharField(blank=True, max_length=200)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='speed_tests', to='customers.subscription')),
            ],
            options={
                'indexes': [models.Index(fields=['subscription', '-started_at'], name='speed_test_of_service'), models.Index(fields=['-started_at'], name='speed_test_latest'), models.Index(condition=models.Q(('verdict', 'POOR')), fields=['-id'], name='speed_test_low')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('download_mbps', None), ('finished_at', None), ('jitter_ms', None), ('percent', None), ('ping_ms', None), ('upload_mbps', None), ('verdict', '')), models.Q(('download_mbps__range', (0, 10000)), ('finished_at__gte', models.F('started_at')), ('jitter_ms__range', (0, 5000)), ('percent__isnull', False), ('ping_ms__range', (0, 5000)), ('upload_mbps__range', (0, 10000))), _connector='OR'), name='speed_test_is_whole_or_not_there'), models.CheckConstraint(condition=models.Q(('verdict', ''), ('place', 'OWN'), _connector='OR'), name='speed_test_judges_the_own_line_only')],
            },
        ),
    
        migrations.CreateModel(
            name='DriftFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('menu', models.CharField(blank=True, default='', max_length=40)),
                ('kind', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=120)),
                ('wanted', models.CharField(blank=True, max_length=300)),
                ('actual', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('FIXED', 'Put right'), ('ADOPTED', 'Adopted'), ('REMOVED', 'Removed'), ('IGNORED', 'Ignored'), ('GONE', 'Gone by itself')], default='OPEN', max_length=7)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('over_at', models.DateTimeField(null=True)),
                ('asked', models.CharField(blank=True, choices=[('OPEN', 'Open'), ('FIXED', 'Put right'), ('ADOPTED', 'Adopted'), ('REMOVED', 'Removed'), ('IGNORED', 'Ignored'), ('GONE', 'Gone by itself')], max_length=7)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=160)),
                ('reason', models.TextField(blank=True)),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='drift_findings', to='network.access')),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_findings', to='network.router')),
            ],
            options={
                'indexes': [models.Index(fields=['router', '-last_seen_at'], name='drift_finding_latest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['OPEN', 'IGNORED'])), fields=('router', 'kind', 'menu', 'name'), name='drift_finding_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('over_at', None), ('state__in', ['OPEN', 'IGNORED'])), models.Q(('over_at__isnull', False), ('state__in', ['FIXED', 'ADOPTED', 'REMOVED', 'GONE'])), _connector='OR'), name='drift_finding_is_over_or_not'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['IGNORED', 'ADOPTED', 'REMOVED']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='drift_finding_decided_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DriftLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=160)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('mended', models.PositiveIntegerField(default=0)),
                ('waits_for', models.CharField(blank=True, max_length=20)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_looks', to='network.router')),
            ],
            options={
                'indexes': [models.Index(fields=['router', '-id'], name='drift_look_latest')],
            },
        ),
    
        migrations.CreateModel(
            name='FoundUser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('PPPOE', 'PPPoE login'), ('QUEUE', 'Fixed address and queue'), ('DHCP', 'DHCP lease by MAC'), ('HOTSPOT', 'Hotspot user')], default='PPPOE', max_length=7)),
                ('name', models.CharField(max_length=120)),
                ('limit', models.CharField(blank=True, max_length=60)),
                ('profile', models.CharField(blank=True, max_length=120)),
                ('is_disabled', models.BooleanField()),
                ('comment', models.CharField(blank=True, max_length=300)),
                ('address', models.CharField(blank=True, max_length=60)),
                ('caller_id', models.CharField(blank=True, max_length=60)),
                ('read_at', models.DateTimeField()),
                ('match', models.CharField(choices=[('CERTAIN', 'Certain'), ('LIKELY', 'Likely'), ('AMBIGUOUS', 'More than one fits'), ('NONE', 'Nobody yet')], default='NONE', max_length=9)),
                ('how', models.CharField(blank=True, max_length=20)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('CHOSEN', 'Being taken over'), ('DONE', 'Taken over'), ('FAILED', 'Not possible')], default='OPEN', max_length=6)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('new_name', models.CharField(blank=True, max_length=120)),
                ('new_phone', models.CharField(blank=True, max_length=30)),
                ('router', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.router')),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.subscription')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('router', 'name'), name='found_user_once'), models.CheckConstraint(condition=models.Q(('match__in', ['CERTAIN', 'LIKELY']), ('subscription', None), ('state', 'DONE'), _connector='OR'), name='found_user_fits_one_service'), models.UniqueConstraint(condition=models.Q(('subscription__isnull', False)), fields=('subscription',), name='found_user_one_to_one')],
            },
        ),
    
        migrations.CreateModel(
            name='AddressTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=160)),
                ('case_number', models.CharField(max_length=80)),
                ('address', models.GenericIPAddressField()),
                ('port', models.PositiveIntegerField(null=True)),
                ('moment', models.DateTimeField()),
                ('found', models.PositiveIntegerField()),
                ('reason', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='IpAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.GenericIPAddressField()),
                ('span', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('given_by_name', models.CharField(max_length=160)),
                ('reason', models.TextField()),
                ('released_by_name', models.CharField(blank=True, max_length=160)),
                ('release_reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='IpPool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('cidr', ispbill.core.columns.CidrField()),
                ('kind', models.CharField(choices=[('PUBLIC', 'Public'), ('PRIVATE', 'Private'), ('CGNAT', 'CGNAT')], max_length=7)),
                ('gateway', models.GenericIPAddressField(blank=True, null=True)),
                ('reserved', models.PositiveSmallIntegerField(default=0)),
                ('outside', models.GenericIPAddressField(blank=True, null=True)),
                ('ports_each', models.PositiveIntegerField(default=4032)),
                ('first_port', models.PositiveIntegerField(default=1024)),
                ('archived_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='linesession',
            index=models.Index(fields=['address', 'began_at'], name='line_session_address'),
        ),
        migrations.AddIndex(
            model_name='addresstrace',
            index=models.Index(fields=['-at'], name='address_trace_latest'),
        ),
        migrations.AddField(
            model_name='ipassignment',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='ipassignment',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ip_assignments', to='customers.subscription'),
        ),
        migrations.AddField(
            model_name='ippool',
            name='router',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.router'),
        ),
        migrations.AddField(
            model_name='ipassignment',
            name='pool',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='network.ippool'),
        ),
        migrations.AddConstraint(
            model_name='ippool',
            constraint=models.UniqueConstraint(fields=('name',), name='ip_pool_name_once'),
        ),
        migrations.AddConstraint(
            model_name='ippool',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('archived_at', None)), expressions=[(django.contrib.postgres.indexes.OpClass('cidr', name='inet_ops'), '&&')], name='ip_pools_never_overlap'),
        ),
        migrations.AddConstraint(
            model_name='ippool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'CGNAT'), ('outside__isnull', False)), models.Q(('kind', 'CGNAT'), _negated=True), _connector='OR'), name='ip_pool_cgnat_has_an_outside'),
        ),
        migrations.AddConstraint(
            model_name='ippool',
            constraint=models.CheckConstraint(condition=models.Q(('first_port__range', (1, 65535)), ('ports_each__range', (1, 64512))), name='ip_pool_ports_exist'),
        ),
        migrations.AddIndex(
            model_name='ipassignment',
            index=models.Index(fields=['pool', 'address'], name='ip_assignment_pool'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.contrib.postgres.indexes.OpClass('address', name='inet_ops'), '='), ('span', '&&')], name='ip_address_held_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), ('span', '&&')], name='ip_assignment_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=models.CheckConstraint(condition=models.Q(('span__isempty', False)), name='ip_assignment_lasts'),
        ),
    
        Install("network", "24afc6de3070e27c"),
    ]
