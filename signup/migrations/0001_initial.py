import django.db.models.deletion
import uuid
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('customers', '0001_initial'),
        ('fieldservice', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=20)),
                ('link_seed', models.UUIDField(default=uuid.uuid4)),
                ('link_digest', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('DRAFT', 'Draft'), ('WAITING', 'Waiting list'), ('SUBMITTED', 'Submitted'), ('SURVEY', 'Survey'), ('ACCEPTED', 'Accepted'), ('SCHEDULED', 'Scheduled'), ('INSTALLED', 'Installed'), ('ACTIVE', 'Active'), ('REJECTED', 'Rejected'), ('CANCELLED', 'Cancelled')], default='DRAFT', max_length=9)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('address', models.CharField(blank=True, max_length=240)),
                ('language', models.CharField(default='en', max_length=5)),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('billing_day', models.PositiveSmallIntegerField(default=1)),
                ('gross_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('priced_on', models.DateField(blank=True, null=True)),
                ('price_until', models.DateField(blank=True, null=True)),
                ('referral_code', models.CharField(blank=True, max_length=8)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_reason', models.CharField(blank=True, max_length=300)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.area')),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='accounts.branch')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.customer')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to='customers.lead')),
                ('package', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
                ('subscription', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.subscription')),
                ('work_order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.workorder')),
            ],
        ),
        migrations.CreateModel(
            name='OrderDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('NATIONAL_ID', 'National id'), ('ADDRESS', 'Proof of address'), ('OTHER', 'Other')], max_length=11)),
                ('path', models.CharField(blank=True, max_length=160)),
                ('media_type', models.CharField(max_length=20)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='signup.order')),
            ],
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['state', '-submitted_at'], name='order_by_state'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['subscription'], name='order_of_service'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('link_digest',), name='order_link_once'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='order_number_once'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('WAITING', 'SUBMITTED', 'SURVEY', 'ACCEPTED', 'SCHEDULED', 'INSTALLED'))), fields=('phone',), name='order_open_once_a_phone'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), ('state', 'DRAFT'), ('submitted_at__isnull', True)), models.Q(models.Q(('state', 'DRAFT'), _negated=True), models.Q(('number', ''), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='order_is_numbered_once_it_is_none_of_drafts'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ACCEPTED', 'SCHEDULED', 'INSTALLED', 'ACTIVE']), _negated=True), models.Q(('customer__isnull', False), ('subscription__isnull', False), ('work_order__isnull', False)), _connector='OR'), name='order_accepted_has_customer_service_and_job'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['ACTIVE', 'REJECTED', 'CANCELLED'])), models.Q(models.Q(('state__in', ['ACTIVE', 'REJECTED', 'CANCELLED']), _negated=True), ('ended_at__isnull', True)), _connector='OR'), name='order_over_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['REJECTED', 'CANCELLED']), _negated=True), models.Q(('ended_reason', ''), _negated=True), _connector='OR'), name='order_given_up_says_why'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__isnull', False), ('longitude__isnull', False)), _connector='OR'), name='order_point_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('billing_day__gte', 1), ('billing_day__lte', 31)), name='order_billing_day_exists'),
        ),
        migrations.AddConstraint(
            model_name='orderdocument',
            constraint=models.UniqueConstraint(fields=('order', 'sha256'), name='order_document_once'),
        ),
        migrations.AddConstraint(
            model_name='orderdocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), models.Q(('path', ''), _negated=True)), models.Q(('path', ''), ('removed_at__isnull', False)), _connector='OR'), name='order_document_is_there_until_removed'),
        ),
        Install("signup", "77f57d1398cd69a5"),
    ]
