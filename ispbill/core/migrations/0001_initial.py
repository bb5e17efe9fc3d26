from decimal import Decimal

import django.contrib.postgres.fields
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.CreateModel(
            name='InstalledGuard',
            fields=[
                ('object', models.TextField(primary_key=True, serialize=False)),
                ('file', models.TextField()),
                ('digest', models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='SimulatedClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offset_seconds', models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('legal_name', models.CharField(blank=True, max_length=160)),
                ('address', models.TextField(blank=True)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('website', models.CharField(blank=True, max_length=120)),
                ('tax_number', models.CharField(blank=True, max_length=40)),
                ('registration_number', models.CharField(blank=True, db_default='', max_length=40)),
                ('bank_details', models.TextField(blank=True)),
                ('brand_colour', models.CharField(default='#0B5FBF', max_length=7)),
                ('currency', models.CharField(default='BDT', max_length=3)),
                ('number_style', models.CharField(choices=[('BDT', '৳ 12,34,567.50'), ('ZAR', 'R 1 234 567,50'), ('ZAR_DOT', 'R 1,234,567.50'), ('INR', '₹ 12,34,567.50')], default='BDT', max_length=8)),
                ('hides_zero_decimals', models.BooleanField(default=False)),
                ('time_zone', models.CharField(default='Asia/Dhaka', max_length=64)),
                ('phone_region', models.CharField(default='BD', max_length=2)),
                ('default_language', models.CharField(default='en', max_length=5)),
                ('uses_bangla_digits', models.BooleanField(default=False)),
                ('tax_name', models.CharField(default='VAT', max_length=20)),
                ('tax_rate', models.DecimalField(decimal_places=5, default=Decimal('0.15'), max_digits=6)),
                ('invoice_lead_days', models.PositiveSmallIntegerField(default=7)),
                ('grace_days', models.PositiveSmallIntegerField(default=3)),
                ('reminder_offsets', models.JSONField(default=list)),
                ('proration', models.CharField(choices=[('ANCHOR', 'By the day of the billing period'), ('FIXED30', 'Fixed month of 30 days'), ('CALENDAR', 'By the day of the calendar month')], default='ANCHOR', max_length=8)),
                ('first_bill', models.CharField(choices=[('ON_ACTIVATION', 'Invoice on the day of activation'), ('WITH_NEXT_RUN', 'Together with the next billing run')], default='ON_ACTIVATION', max_length=16)),
                ('reactivation', models.CharField(choices=[('NOTHING_OVERDUE', 'When no overdue amount remains'), ('ANY_PAYMENT', 'On any payment'), ('NEVER', 'Only by hand')], default='NOTHING_OVERDUE', max_length=16)),
                ('suspend_from_hour', models.PositiveSmallIntegerField(default=0)),
                ('suspend_until_hour', models.PositiveSmallIntegerField(default=24)),
                ('minimum_suspend_amount', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('undo_seconds', models.PositiveSmallIntegerField(default=60)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('bills_while_cut_off', models.BooleanField(default=False)),
                ('defers_revenue', models.BooleanField(default=True)),
                ('prices_include_tax', models.BooleanField(default=False)),
                ('prepaid_gift_days', models.PositiveSmallIntegerField(default=3)),
                ('prepaid_grace_hours', models.PositiveSmallIntegerField(default=0)),
                ('prepaid_reminder_days', models.JSONField(default=list)),
                ('prepaid_start', models.CharField(choices=[('ROLLING', 'A whole period from the day of renewal'), ('BILLING_DAY', 'Up to the billing day, which stays')], default='ROLLING', max_length=11)),
                ('charge_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('20000.00'), max_digits=14, null=True)),
                ('credit_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('5000.00'), max_digits=14, null=True)),
                ('deposit_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('5000.00'), max_digits=14, null=True)),
                ('refund_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('2000.00'), max_digits=14, null=True)),
                ('write_off_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('1000.00'), max_digits=14, null=True)),
                ('credits_on_termination', models.BooleanField(default=True)),
                ('early_termination', models.CharField(choices=[('NONE', 'No fee'), ('FIXED', 'A fixed fee'), ('REMAINING', 'What the rest of the contract would cost')], default='NONE', max_length=16)),
                ('early_termination_amount', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('quote_valid_hours', models.PositiveSmallIntegerField(default=72)),
                ('suspension_rules', models.JSONField(blank=True, default=dict)),
                ('price_notice_days', models.PositiveSmallIntegerField(default=30)),
                ('max_periods_a_run', models.PositiveSmallIntegerField(default=24)),
                ('largest_cash_held_amount', models.DecimalField(blank=True, decimal_places=2, default=None, max_digits=14, null=True)),
                ('largest_cashier_cash_amount', models.DecimalField(blank=True, decimal_places=2, default=None, max_digits=14, null=True)),
                ('largest_float_amount', models.DecimalField(blank=True, decimal_places=2, default=None, max_digits=14, null=True)),
                ('largest_office_cash_amount', models.DecimalField(blank=True, decimal_places=2, default=None, max_digits=14, null=True)),
                ('needs_open_shift', models.BooleanField(default=False)),
                ('dry_runs_need_second', models.BooleanField(default=True)),
                ('commission_excludes_tax', models.BooleanField(default=False)),
                ('friend_reward_amount', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('payout_limit_amount', models.DecimalField(blank=True, decimal_places=2, default=Decimal('5000.00'), max_digits=14, null=True)),
                ('referral_minimum_amount', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('referral_valid_days', models.PositiveSmallIntegerField(default=90)),
                ('referral_yearly_cap', models.PositiveSmallIntegerField(blank=True, default=20, null=True)),
                ('referrer_reward_amount', models.DecimalField(decimal_places=2, default=Decimal('200.00'), max_digits=14)),
                ('rewards_referrals', models.BooleanField(default=False)),
                ('rest_weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                ('legacy_match_percent', models.PositiveSmallIntegerField(db_default=95, default=95)),
                ('field_pin', models.CharField(choices=[('NOBODY', 'Nobody must; anybody may'), ('COLLECTORS', 'Whoever takes money'), ('EVERYBODY', 'Everybody in the field')], db_default='COLLECTORS', default='COLLECTORS', max_length=10)),
            ],
            options={
                'verbose_name_plural': 'company',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='company_is_one_row'), models.CheckConstraint(condition=models.Q(('tax_rate__gte', 0), ('tax_rate__lt', 1)), name='company_tax_rate_is_a_fraction'), models.CheckConstraint(condition=models.Q(('suspend_from_hour__lt', models.F('suspend_until_hour')), ('suspend_until_hour__lte', 24)), name='company_suspend_window_is_a_span'), models.CheckConstraint(condition=models.Q(('rest_weekdays__len__lte', 3), ('rest_weekdays__contained_by', [0, 1, 2, 3, 4, 5, 6])), name='company_rests_three_days_at_most'), models.CheckConstraint(condition=models.Q(('legacy_match_percent__lte', 100)), name='company_legacy_match_is_a_percentage')],
            },
        ),
        migrations.CreateModel(
            name='NumberSequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=12)),
                ('year', models.PositiveSmallIntegerField()),
                ('next_number', models.BigIntegerField(default=1)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('series', 'year'), name='number_sequence_once_a_year'), models.CheckConstraint(condition=models.Q(('next_number__gte', 1)), name='number_sequence_starts_at_one')],
            },
        ),
        migrations.CreateModel(
            name='Restoration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('backup', models.CharField(max_length=120)),
                ('taken_at', models.DateTimeField()),
                ('restored_at', models.DateTimeField()),
                ('facts', models.JSONField(default=list)),
                ('steps', models.JSONField(default=dict)),
                ('released_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('released_at',), name='restoration_one_at_a_time', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='NumberGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=12)),
                ('year', models.PositiveSmallIntegerField()),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='number_gap_is_a_span'), models.UniqueConstraint(fields=('series', 'year', 'first'), name='number_gap_once')],
            },
        ),
        Install("core", "ccb6f98602c33b7b"),
    ]
