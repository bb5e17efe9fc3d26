import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('audit', '0001_initial'),
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChurnEpisode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('began_on', models.DateField()),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('below_since', models.DateField(blank=True, null=True)),
                ('is_held_out', models.BooleanField()),
                ('override_reason', models.CharField(blank=True, max_length=240)),
                ('has_left', models.BooleanField(null=True)),
                ('net_collected', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('action_cost', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='churn_episodes', to='customers.customer')),
                ('overridden_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ChurnModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trained_at', models.DateTimeField()),
                ('algorithm', models.CharField(choices=[('LOGISTIC', 'Logistic regression'), ('BOOSTING', 'Boosted trees')], max_length=8)),
                ('state', models.CharField(choices=[('CANDIDATE', 'Being tested'), ('ACTIVE', 'In use'), ('RETIRED', 'Followed by another'), ('REFUSED', 'Not good enough')], default='CANDIDATE', max_length=9)),
                ('why', models.CharField(blank=True, max_length=240)),
                ('fingerprint', models.CharField(max_length=64)),
                ('first_month', models.DateField()),
                ('last_month', models.DateField()),
                ('observation_count', models.PositiveIntegerField()),
                ('leaver_count', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('metrics', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'ACTIVE')), fields=('state',), name='churn_model_one_active'), models.UniqueConstraint(fields=('fingerprint', 'algorithm'), name='churn_model_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'REFUSED'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='churn_model_refused_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ChurnCut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('set_on', models.DateField()),
                ('high_from', models.FloatField()),
                ('medium_from', models.FloatField()),
                ('branch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.branch')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='churn.churnmodel')),
            ],
        ),
        migrations.CreateModel(
            name='ChurnObservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('vector', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None)),
                ('has_left', models.BooleanField(null=True)),
                ('is_dropped', models.BooleanField(default=False)),
                ('was_treated', models.BooleanField(default=False)),
                ('weight', models.FloatField(default=1)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ChurnScore',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='churn_score', serialize=False, to='customers.customer')),
                ('scored_at', models.DateTimeField()),
                ('probability', models.FloatField(blank=True, null=True)),
                ('points', models.PositiveSmallIntegerField()),
                ('level', models.CharField(choices=[('LOW', 'Low'), ('MEDIUM', 'Medium'), ('HIGH', 'High')], max_length=6)),
                ('level_since', models.DateField()),
                ('reasons', models.JSONField(default=list)),
                ('vector', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None)),
                ('monthly_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('at_stake', models.DecimalField(decimal_places=2, max_digits=14)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('model', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='churn.churnmodel')),
            ],
        ),
        migrations.CreateModel(
            name='ChurnSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('calls_per_week', models.PositiveSmallIntegerField(default=20)),
                ('held_out_percent', models.PositiveSmallIntegerField(default=10)),
                ('most_discount_percent', models.PositiveSmallIntegerField(default=20)),
                ('most_discount_cycles', models.PositiveSmallIntegerField(default=3)),
                ('is_ai_on', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'churn settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='churn_settings_one_row'), models.CheckConstraint(condition=models.Q(('calls_per_week__gte', 1), ('held_out_percent__gte', 5), ('held_out_percent__lte', 30), ('most_discount_percent__lte', 100)), name='churn_settings_are_sensible')],
            },
        ),
        migrations.CreateModel(
            name='ChurnWording',
            fields=[
                ('fingerprint', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'বাংলা')], max_length=2)),
                ('asked', models.JSONField()),
                ('text', models.CharField(blank=True, max_length=240)),
                ('actions', models.JSONField(default=list)),
                ('made_by', models.CharField(max_length=60)),
                ('prompt_tokens', models.PositiveIntegerField(default=0)),
                ('answer_tokens', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['made_at'], name='churn_wording_made')],
            },
        ),
        migrations.CreateModel(
            name='RetentionTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('PROPOSED', 'Proposed'), ('ASSIGNED', 'Assigned'), ('CONTACTED', 'Contacted'), ('OFFERED', 'Offer made'), ('KEPT', 'Stays'), ('REFUSED', 'Leaves all the same'), ('UNREACHABLE', 'Not reached'), ('NOT_NEEDED', 'Not needed')], default='PROPOSED', max_length=11)),
                ('action', models.CharField(choices=[('CALL', 'Call'), ('TECHNICIAN', 'Send a technician'), ('DISCOUNT', 'Offer a discount'), ('UPGRADE', 'Offer a larger package'), ('DOWNGRADE', 'Offer a smaller package'), ('PAYMENT_PLAN', 'Agree when to pay'), ('WAIT', 'Wait')], default='CALL', max_length=12)),
                ('due_on', models.DateField()),
                ('outcome', models.CharField(blank=True, max_length=400)),
                ('discount_percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('discount_cycles', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('episode', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='churn.churnepisode')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.subscription')),
            ],
        ),
        migrations.AddIndex(
            model_name='churnepisode',
            index=models.Index(fields=['began_on', 'id'], name='churn_episode_began'),
        ),
        migrations.AddConstraint(
            model_name='churnepisode',
            constraint=models.UniqueConstraint(fields=('customer', 'number'), name='churn_episode_number_once'),
        ),
        migrations.AddConstraint(
            model_name='churnepisode',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('customer',), name='churn_episode_one_open'),
        ),
        migrations.AddConstraint(
            model_name='churnepisode',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('began_on')), _connector='OR'), name='churn_episode_days_are_in_order'),
        ),
        migrations.AddConstraint(
            model_name='churnepisode',
            constraint=models.CheckConstraint(condition=models.Q(('override_reason', ''), ('overridden_by__isnull', False), _connector='OR'), name='churn_override_is_signed'),
        ),
        migrations.AddIndex(
            model_name='churnobservation',
            index=models.Index(fields=['month', 'customer'], name='churn_observation_month'),
        ),
        migrations.AddConstraint(
            model_name='churnobservation',
            constraint=models.UniqueConstraint(fields=('customer', 'month'), name='churn_observation_once'),
        ),
        migrations.AddConstraint(
            model_name='churnobservation',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='churn_observation_has_weight'),
        ),
        migrations.AddIndex(
            model_name='churnscore',
            index=models.Index(fields=['level', '-at_stake', 'customer'], name='churn_score_worst'),
        ),
        migrations.AddIndex(
            model_name='churnscore',
            index=models.Index(fields=['branch', 'level', '-at_stake', 'customer'], name='churn_score_branch'),
        ),
        migrations.AddConstraint(
            model_name='churnscore',
            constraint=models.CheckConstraint(condition=models.Q(('probability', None), models.Q(('probability__gte', 0), ('probability__lte', 1)), _connector='OR'), name='churn_probability_is_one'),
        ),
        migrations.AddConstraint(
            model_name='churnscore',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 100)), name='churn_points_are_a_share'),
        ),
        migrations.AddIndex(
            model_name='retentiontask',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['due_on', 'id'], name='retention_task_open'),
        ),
        migrations.AddIndex(
            model_name='retentiontask',
            index=models.Index(fields=['customer', '-id'], name='retention_task_customer'),
        ),
        migrations.AddConstraint(
            model_name='retentiontask',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('episode',), name='retention_task_one_open'),
        ),
        migrations.AddConstraint(
            model_name='retentiontask',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), models.Q(models.Q(('outcome', ''), _negated=True), models.Q(('state__in', ('PROPOSED', 'ASSIGNED', 'CONTACTED', 'OFFERED')), _negated=True)), _connector='OR'), name='retention_task_closed_says_what'),
        ),
        migrations.AddConstraint(
            model_name='retentiontask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('discount_cycles', None), ('discount_percent', None)), models.Q(('discount_cycles__gte', 1), ('discount_percent__gte', 1), ('service__isnull', False)), _connector='OR'), name='retention_task_offer_is_whole'),
        ),
        migrations.CreateModel(
            name='ChurnTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('tried_at', models.DateTimeField()),
                ('customer_count', models.PositiveIntegerField()),
                ('observation_count', models.PositiveIntegerField()),
                ('leaver_count', models.PositiveIntegerField()),
                ('algorithm', models.CharField(choices=[('LOGISTIC', 'Logistic regression'), ('BOOSTING', 'Boosted trees')], max_length=8)),
                ('why', models.CharField(blank=True, max_length=240)),
                ('content', models.JSONField()),
                ('metrics', models.JSONField()),
                ('noise_auc', models.FloatField()),
            ],
        ),
        Install("churn", "784d1586beca0059"),
    ]
