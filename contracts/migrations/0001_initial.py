import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0001_initial'),
        ('billing', '0001_initial'),
        ('accounts', '0001_initial'),
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('RESIDENTIAL', 'Residential'), ('BUSINESS', 'Business')], max_length=12)),
                ('language', models.CharField(choices=[('en', 'English'), ('bn', 'বাংলা')], default='en', max_length=2)),
                ('is_default', models.BooleanField(default=False)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name',), name='agreement_name_once'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('kind',), name='agreement_one_default_a_kind'), models.CheckConstraint(condition=models.Q(('is_default', False), ('archived_at__isnull', True), _connector='OR'), name='agreement_default_is_in_use')],
            },
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version_no', models.PositiveSmallIntegerField()),
                ('body', models.TextField()),
                ('term_months', models.PositiveSmallIntegerField(default=12)),
                ('minimum_months', models.PositiveSmallIntegerField(default=12)),
                ('notice_count', models.PositiveSmallIntegerField(default=30)),
                ('notice_unit', models.CharField(choices=[('DAYS', 'days'), ('MONTHS', 'months'), ('BUSINESS_DAYS', 'business days')], default='DAYS', max_length=13)),
                ('renewal', models.CharField(choices=[('NONE', 'Ends; the service goes on free of it'), ('MONTHLY', 'Goes on month by month'), ('TERM', 'For another term')], default='MONTHLY', max_length=7)),
                ('renewal_binds', models.BooleanField(default=False)),
                ('price_lock', models.CharField(choices=[('MINIMUM', 'During the minimum term'), ('TERM', 'During the whole term'), ('NONE', 'Not locked')], default='NONE', max_length=7)),
                ('fee', models.CharField(choices=[('NONE', 'No fee'), ('FIXED', 'A fixed fee'), ('REMAINING', 'A share of what is left of the minimum term'), ('DECLINING', 'An amount that falls day by day')], default='NONE', max_length=9)),
                ('fee_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('fee_rate', models.DecimalField(decimal_places=4, default=Decimal('0.5'), max_digits=5)),
                ('cap_months', models.PositiveSmallIntegerField(blank=True, default=3, null=True)),
                ('cap_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('cooling_off_days', models.PositiveSmallIntegerField(default=0)),
                ('bills_used_days', models.BooleanField(db_default=True, default=True)),
                ('refuses_downgrade', models.BooleanField(db_default=False, default=False)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='contracts.agreement')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('DRAFT', 'Draft'), ('SENT', 'To be signed'), ('SIGNED', 'Signed'), ('ACTIVE', 'In force'), ('DECLINED', 'Declined'), ('VOID', 'Void'), ('LAPSED', 'Not signed in time'), ('TERMINATED', 'Terminated'), ('EXPIRED', 'Term over')], default='DRAFT', max_length=10)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('minimum_until', models.DateField(blank=True, null=True)),
                ('renewed_times', models.PositiveSmallIntegerField(default=0)),
                ('is_monthly', models.BooleanField(default=False)),
                ('frozen_days', models.PositiveSmallIntegerField(default=0)),
                ('objected_on', models.DateField(blank=True, null=True)),
                ('price_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('gross_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('html', models.TextField(blank=True)),
                ('path', models.CharField(blank=True, max_length=160)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('verify_code', models.CharField(max_length=32)),
                ('link_seed', models.UUIDField(blank=True, editable=False, null=True)),
                ('link_digest', models.CharField(blank=True, max_length=64)),
                ('link_expires_at', models.DateTimeField(blank=True, null=True)),
                ('link_tries', models.PositiveSmallIntegerField(default=0)),
                ('reminded_times', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('send_wanted_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('over_at', models.DateTimeField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('cause', models.CharField(blank=True, choices=[('NOTICE', 'Notice'), ('COOLING_OFF', 'Cooling-off'), ('BREACH', 'Breach'), ('DEATH', 'Death'), ('MUTUAL', 'By agreement'), ('SUPERSEDED', 'Replaced by another contract')], max_length=11)),
                ('reason', models.TextField(blank=True)),
                ('told_ending_on', models.DateField(blank=True, null=True)),
                ('is_end_told', models.BooleanField(default=False)),
                ('emptied_at', models.DateTimeField(blank=True, null=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='customers.customer')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='customers.subscription')),
                ('supersedes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='contracts.contract')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='contracts.agreementversion')),
            ],
        ),
        migrations.CreateModel(
            name='ContractEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step_no', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=20)),
                ('actor_name', models.CharField(blank=True, max_length=120)),
                ('facts', models.JSONField(default=dict)),
                ('previous_sha256', models.CharField(blank=True, max_length=64)),
                ('sha256', models.CharField(max_length=64)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ContractSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('REQUESTED', 'Being prepared'), ('READY', 'Ready'), ('FAILED', 'Failed')], default='REQUESTED', max_length=10)),
                ('path', models.CharField(blank=True, max_length=160)),
                ('requested_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('certificate', models.TextField(blank=True)),
                ('is_self_made', models.BooleanField(default=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='SealKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('certificate', models.TextField()),
                ('sealed_key', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('capacity', models.CharField(blank=True, max_length=60)),
                ('strokes', models.JSONField(default=list)),
                ('strokes_sha256', models.CharField(blank=True, max_length=64)),
                ('consent', models.TextField()),
                ('consent_language', models.CharField(max_length=5)),
                ('document_sha256', models.CharField(max_length=64)),
                ('phone', models.CharField(max_length=20)),
                ('code_sent_at', models.DateTimeField()),
                ('code_tries', models.PositiveSmallIntegerField()),
                ('device', models.CharField(choices=[('LINK', 'Signed link, own device'), ('PORTAL', 'Portal, own device')], max_length=6)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('signed_at', models.DateTimeField()),
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='SigningCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_hash', models.CharField(max_length=64)),
                ('given', models.JSONField()),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='contracts.contract')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(fields=('agreement', 'version_no'), name='agreement_version_once'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.CheckConstraint(condition=models.Q(('term_months__gte', 1), ('term_months__lte', 120), ('minimum_months__lte', 120), ('fee_amount__gte', 0), ('fee_rate__gte', 0), ('fee_rate__lte', 1)), name='agreement_version_terms_are_possible'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['customer', '-id'], name='contract_of_customer'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('send_wanted_at__isnull', False), ('state', 'DRAFT')), fields=['id'], name='contract_to_send'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['state', '-id'], name='contract_by_state'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('state', 'ACTIVE')), fields=['ends_on'], name='contract_coming_end'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(condition=models.Q(('is_end_told', False), ('state', 'TERMINATED')), fields=['over_at'], name='contract_end_untold'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('number',), name='contract_number_once'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('verify_code',), name='contract_verify_code_once'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(condition=models.Q(('link_digest', ''), _negated=True), fields=('link_digest',), name='contract_link_once'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ACTIVE')), fields=('subscription',), name='contract_one_active_a_service'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['DRAFT', 'VOID']), ('emptied_at__isnull', False), models.Q(('sent_at__isnull', False), models.Q(('sha256', ''), _negated=True), models.Q(('path', ''), _negated=True), models.Q(('html', ''), _negated=True)), _connector='OR'), name='contract_sent_is_fixed'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['SIGNED', 'ACTIVE', 'TERMINATED', 'EXPIRED']), _negated=True), ('signed_at__isnull', False), _connector='OR'), name='contract_signed_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'TERMINATED'), _negated=True), models.Q(models.Q(('cause', ''), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='contract_terminated_says_why'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('emptied_at__isnull', True), models.Q(('html', ''), ('signed_at__isnull', True), ('state__in', ['DECLINED', 'VOID', 'LAPSED'])), _connector='OR'), name='contract_emptied_was_never_signed'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'VOID'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='contract_void_says_why'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='contract_days_are_in_order'),
        ),
        migrations.AddConstraint(
            model_name='contractevent',
            constraint=models.UniqueConstraint(fields=('contract', 'step_no'), name='contract_step_once'),
        ),
        migrations.AddIndex(
            model_name='contractseal',
            index=models.Index(condition=models.Q(('state', 'REQUESTED')), fields=['requested_at'], name='contract_seal_waiting'),
        ),
        migrations.AddConstraint(
            model_name='sealkey',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('retired_at',), name='seal_key_one_in_use', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='signature_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('strokes', []), models.Q(('strokes_sha256', ''), _negated=True), _connector='OR'), name='signature_strokes_are_hashed'),
        ),
        migrations.AddIndex(
            model_name='signingcode',
            index=models.Index(fields=['contract', '-id'], name='signing_code_newest'),
        ),
        migrations.AddField(
            model_name='signature',
            name='identity_document',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='signature',
            name='witness',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signature',
            name='witness_reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='signature',
            name='code_sent_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='signature',
            name='code_tries',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='signature',
            name='device',
            field=models.CharField(choices=[('LINK', 'Signed link, own device'), ('PORTAL', 'Portal, own device'), ('FIELD', "The technician's device"), ('DESK', 'A device of the office')], max_length=6),
        ),
        migrations.AlterField(
            model_name='signature',
            name='phone',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code_sent_at__isnull', False), ('witness__isnull', True), models.Q(('phone', ''), _negated=True)), models.Q(('code_sent_at__isnull', True), ('witness__isnull', False), models.Q(('witness_reason', ''), _negated=True), models.Q(('identity_document', ''), _negated=True)), _connector='OR'), name='signature_by_code_or_before_a_witness'),
        ),
        Install("contracts", "2ee71ac0351f8354"),
    ]
