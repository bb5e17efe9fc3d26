import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('billing', '0001_initial'),
        ('core', '0001_initial'),
        ('customers', '0001_initial'),
        ('payments', '0001_initial'),
        ('resellers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reseller',
            name='areas',
            field=models.ManyToManyField(blank=True, related_name='resellers', to='customers.area'),
        ),
        migrations.CreateModel(
            name='Commission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('tax_rate', models.DecimalField(decimal_places=5, max_digits=6)),
                ('rate', models.DecimalField(decimal_places=5, max_digits=6)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('clawed_back_amount', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(choices=[('ACCRUED', 'Pending'), ('APPROVED', 'Approved'), ('PAID', 'Paid'), ('REVERSED', 'Reversed')], default='ACCRUED', max_length=8)),
                ('earned_on', models.DateField()),
                ('earned_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('paid_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='resellers.reseller')),
            ],
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('earned_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('claimed_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('method', models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('EFT', 'Bank transfer')], max_length=5)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('WAITING', 'Waits for approval'), ('PAID', 'Paid'), ('WITHDRAWN', 'Withdrawn')], max_length=9)),
                ('needs_second', models.BooleanField()),
                ('prepared_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('paid_on', models.DateField(null=True)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reseller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='resellers.reseller')),
            ],
        ),
        migrations.CreateModel(
            name='CommissionBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('left_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('is_claim', models.BooleanField(default=False)),
                ('taken_on', models.DateField()),
                ('taken_at', models.DateTimeField()),
                ('commission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='backs', to='resellers.commission')),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resellers.reseller')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='resellers.payout')),
            ],
        ),
        migrations.AddField(
            model_name='commission',
            name='payout',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='resellers.payout'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['-id'], name='payout_latest'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('number',), name='payout_number_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'WAITING')), fields=('reseller',), name='payout_one_waiting_per_reseller'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payout_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('claimed_amount__gte', 0), ('amount', django.db.models.expressions.CombinedExpression(models.F('earned_amount'), '-', models.F('claimed_amount')))), name='payout_is_earned_less_claimed'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'PAID'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('paid_on__isnull', False)), _connector='OR'), name='payout_paid_says_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('needs_second', False), models.Q(('status', 'PAID'), _negated=True), models.Q(('decided_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='payout_second_person'),
        ),
        migrations.AddIndex(
            model_name='commissionback',
            index=models.Index(condition=models.Q(('is_claim', True), ('payout__isnull', True)), fields=['reseller', 'id'], name='commission_claim_open'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.UniqueConstraint(fields=('commission', 'left_amount'), name='commission_back_once_per_fact'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('left_amount__gte', 0)), name='commission_back_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.CheckConstraint(condition=models.Q(('payout__isnull', True), ('is_claim', True), _connector='OR'), name='commission_back_deducted_is_a_claim'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(fields=['reseller', '-id'], name='commission_reseller'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(fields=['customer'], name='commission_customer'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(condition=models.Q(('status__in', ['ACCRUED', 'APPROVED'])), fields=['status', 'reseller', 'id'], name='commission_waiting'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.UniqueConstraint(fields=('payment',), name='commission_once_per_payment'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='commission_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0), ('rate__lte', 1), ('tax_rate__gte', 0), ('tax_rate__lt', 1)), name='commission_rates_are_fractions'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('base_amount__gte', models.F('amount'))), name='commission_within_its_base'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('clawed_back_amount__gte', 0), ('clawed_back_amount__lte', models.F('amount'))), name='commission_clawed_back_within_it'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clawed_back_amount', models.F('amount')), ('status', 'REVERSED')), models.Q(models.Q(('status', 'REVERSED'), _negated=True), ('clawed_back_amount__lt', models.F('amount'))), _connector='OR'), name='commission_reversed_is_worth_nothing'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'PAID'), ('paid_amount__gt', 0), ('payout__isnull', False)), models.Q(models.Q(('status', 'PAID'), _negated=True), ('paid_amount__isnull', True)), models.Q(('status', 'REVERSED'), ('payout__isnull', False)), _connector='OR'), name='commission_paid_says_how_much'),
        ),
    ]
