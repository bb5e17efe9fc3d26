from django.conf import settings
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('billing', '0001_initial'),
        ('customers', '0001_initial'),
        ('fieldservice', '0001_initial'),
        ('resellers', '0004_wallet_rails'),
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
                ('reseller', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resellers.reseller')),
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
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('system', models.CharField(choices=[('PLAIN', 'A plain sheet'), ('SPLYNX', 'Splynx'), ('PHPNUXBILL', 'PHPNuxBill'), ('UISP', 'UISP CRM')], default='PLAIN', max_length=10)),
                ('content', models.BinaryField(default=bytes)),
                ('encoding', models.CharField(max_length=10)),
                ('delimiter', models.CharField(max_length=1)),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('mapping', models.JSONField(default=dict)),
                ('words', models.JSONField(default=dict)),
                ('date_format', models.CharField(default='YYYY-MM-DD', max_length=12)),
                ('decimal_mark', models.CharField(default='.', max_length=1)),
                ('state', models.CharField(choices=[('UPLOADED', 'Columns to be named'), ('CHECKING', 'Being checked'), ('CHECKED', 'Checked'), ('RUNNING', 'Being taken in'), ('DONE', 'Taken in'), ('STARTING', 'Going live'), ('LIVE', 'Live'), ('UNDOING', 'Being undone'), ('UNDONE', 'Undone')], default='UPLOADED', max_length=10)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('done_at', models.DateTimeField(null=True)),
                ('live_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('acted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.area')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('package', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.PositiveIntegerField()),
                ('cells', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('system', models.CharField(choices=[('PLAIN', 'A plain sheet'), ('SPLYNX', 'Splynx'), ('PHPNUXBILL', 'PHPNuxBill'), ('UISP', 'UISP CRM')], max_length=10)),
                ('source_id', models.CharField(blank=True, max_length=80)),
                ('service_key', models.CharField(blank=True, max_length=120)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('READY', 'Ready'), ('REFUSED', 'Not possible'), ('SAME', 'Taken in before'), ('CHANGED', 'Changed since'), ('SKIPPED', 'Left out'), ('MADE', 'Taken in'), ('LIVE', 'Live'), ('UNDONE', 'Undone')], max_length=8)),
                ('problems', models.JSONField(default=list)),
                ('made_at', models.DateTimeField(null=True)),
                ('kept_why', models.CharField(blank=True, max_length=200)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='signup.import')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ('subscription', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.subscription')),
            ],
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('state__in', ['CHECKING', 'RUNNING', 'STARTING', 'UNDOING'])), fields=['touched_at'], name='import_at_work'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['batch', 'state', 'row_no'], name='import_row_state'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['system', 'source_id'], name='import_row_source'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'row_no'), name='import_row_once'),
        ),
        migrations.CreateModel(
            name='LegacyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ORDER', 'Order'), ('PAYMENT', 'Payment'), ('BILL', 'Bill')], max_length=7)),
                ('system', models.CharField(max_length=10)),
                ('source_id', models.CharField(max_length=80)),
                ('matched_by', models.CharField(blank=True, choices=[('SOURCE', "Their customer's id"), ('EMAIL', 'E-mail'), ('PHONE', 'Phone'), ('HAND', 'By hand'), ('CREATED', 'Made of the order')], max_length=7)),
                ('matched_at', models.DateTimeField(null=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('address', models.CharField(blank=True, max_length=240)),
                ('area', models.CharField(blank=True, max_length=120)),
                ('package', models.CharField(blank=True, max_length=120)),
                ('status', models.CharField(blank=True, max_length=60)),
                ('on', models.DateField(null=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('taken_in_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ValidationIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('error_type', models.CharField(choices=[('email_phone_conflict', 'E-mail and phone name different people'), ('ambiguous_email', 'Several customers have the e-mail'), ('ambiguous_phone', 'Several customers have the phone'), ('orphaned_order', 'No customer has e-mail or phone'), ('no_contact', 'Neither e-mail nor phone'), ('archived_customer', 'The customer is archived')], max_length=20)),
                ('suggested_fix', models.CharField(max_length=200)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='import',
            name='kind',
            field=models.CharField(choices=[('CUSTOMERS', 'Customers and their services'), ('ORDERS', 'Orders, as history'), ('PAYMENTS', 'Payments, as history'), ('BILLS', 'Bills, as history')], default='CUSTOMERS', max_length=9),
        ),
        migrations.AddField(
            model_name='importrow',
            name='kind',
            field=models.CharField(choices=[('CUSTOMERS', 'Customers and their services'), ('ORDERS', 'Orders, as history'), ('PAYMENTS', 'Payments, as history'), ('BILLS', 'Bills, as history')], default='CUSTOMERS', max_length=9),
        ),
        migrations.AddField(
            model_name='importrow',
            name='lead',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.lead'),
        ),
        migrations.AddField(
            model_name='legacyrecord',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='record',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='signup.legacyrecord'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['MADE', 'LIVE'])), fields=('system', 'kind', 'source_id', 'service_key'), name='import_source_once'),
        ),
        migrations.AddField(
            model_name='validationissue',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='signup.legacyrecord'),
        ),
        migrations.AddField(
            model_name='validationissue',
            name='resolved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='legacyrecord',
            index=models.Index(fields=['customer', '-on'], name='legacy_record_customer'),
        ),
        migrations.AddIndex(
            model_name='legacyrecord',
            index=models.Index(condition=models.Q(('customer__isnull', True)), fields=['id'], name='legacy_record_unmatched'),
        ),
        migrations.AddConstraint(
            model_name='legacyrecord',
            constraint=models.UniqueConstraint(fields=('system', 'kind', 'source_id'), name='legacy_record_once'),
        ),
        migrations.AddConstraint(
            model_name='legacyrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', True), ('matched_at__isnull', True), ('matched_by', '')), models.Q(('customer__isnull', False), ('matched_at__isnull', False), models.Q(('matched_by', ''), _negated=True)), _connector='OR'), name='legacy_record_matched_says_how'),
        ),
        migrations.AddConstraint(
            model_name='validationissue',
            constraint=models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('record',), name='validation_issue_open_once'),
        ),
        Install("signup", "e9f9aaa4fa1abebb"),
    ]
