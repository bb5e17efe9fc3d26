import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=60)),
                ('trigger', models.CharField(choices=[('SCHEDULE', 'Schedule'), ('MANUAL', 'By hand'), ('COMMAND', 'Command line'), ('EVENT', 'Event')], default='SCHEDULE', max_length=10)),
                ('scheduled_for', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField()),
                ('heartbeat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('status', models.CharField(choices=[('WAITING', 'Waiting for a worker'), ('RUNNING', 'Running'), ('COMPLETED', 'Succeeded'), ('PARTIAL', 'Partial'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled')], default='RUNNING', max_length=10)),
                ('total', models.PositiveIntegerField(null=True)),
                ('processed', models.PositiveIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('step', models.CharField(blank=True, max_length=120)),
                ('detail', models.JSONField(default=dict)),
                ('error', models.TextField(blank=True)),
                ('started_by_id', models.BigIntegerField(null=True)),
                ('started_by_name', models.CharField(blank=True, max_length=120)),
                ('duration', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('finished_at'), '-', models.F('started_at')), output_field=models.DurationField())),
                ('alarmed_at', models.DateTimeField(null=True)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('deadline_at', models.DateTimeField(null=True)),
                ('deaths', models.PositiveSmallIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('holder', models.CharField(blank=True, max_length=120)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('queued_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['job', '-started_at'], name='job_run_latest'), models.Index(condition=models.Q(('status__in', ['RUNNING', 'WAITING'])), fields=['status'], name='job_run_open'), models.Index(condition=models.Q(('alarmed_at__isnull', True), ('scheduled_for__isnull', False), ('status', 'FAILED')), fields=['id'], name='job_run_untold')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('scheduled_for__isnull', False)), fields=('job', 'scheduled_for'), name='job_run_once_per_schedule'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('status__in', ['RUNNING', 'WAITING'])), models.Q(models.Q(('status__in', ['RUNNING', 'WAITING']), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='job_run_finished_unless_running'), models.UniqueConstraint(condition=models.Q(('scheduled_for__isnull', False), ('status', 'RUNNING')), fields=('job',), name='job_run_one_of_a_job_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'WAITING'), _negated=True), models.Q(('next_attempt_at__isnull', False), ('scheduled_for__isnull', False)), _connector='OR'), name='job_run_waits_for_its_slot')],
            },
        ),
        migrations.CreateModel(
            name='JobRunProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_type', models.CharField(max_length=40)),
                ('item_id', models.BigIntegerField()),
                ('item_label', models.CharField(max_length=160)),
                ('message', models.TextField()),
                ('is_resolved', models.BooleanField(default=False)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='audit.jobrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'item_type', 'item_id'), name='job_run_problem_once_per_item')],
            },
        ),
        migrations.CreateModel(
            name='RowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('row_id', models.BigIntegerField()),
                ('valid_to', models.DateTimeField()),
                ('was_deleted', models.BooleanField(default=False)),
                ('data', models.JSONField()),
                ('actor_id', models.BigIntegerField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['table', 'row_id', 'valid_to', 'id'], name='row_version_row')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=120)),
                ('acting_as', models.CharField(blank=True, max_length=120)),
                ('action', models.CharField(max_length=60)),
                ('target_type', models.CharField(max_length=40)),
                ('target_id', models.CharField(max_length=40)),
                ('target_label', models.CharField(max_length=160)),
                ('customer_id', models.BigIntegerField(null=True)),
                ('branch_id', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('ip', models.GenericIPAddressField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-at', '-id'], name='audit_event_at'), models.Index(fields=['target_type', 'target_id', '-id'], name='audit_event_target'), models.Index(fields=['customer_id', '-id'], name='audit_event_customer'), models.Index(fields=['action', '-id'], name='audit_event_action'), models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['request_id'], name='audit_event_request')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('event_count', models.PositiveIntegerField()),
                ('previous', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('previous',), name='audit_seal_follows_once'), models.CheckConstraint(condition=models.Q(('last_id__gte', models.F('first_id')), ('event_count__gt', 0)), name='audit_seal_covers_events')],
            },
        ),
        migrations.CreateModel(
            name='JobBeat',
            fields=[
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='beat', serialize=False, to='audit.jobrun')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ErasedEvent',
            fields=[
                ('event_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        Install("audit", "1756014118195740"),
    ]
