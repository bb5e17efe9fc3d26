from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('billing', '0001_initial'),
        ('customers', '0001_initial'),
        ('network', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('INSTALLATION', 'Installation'), ('REPAIR', 'Repair'), ('MAINTENANCE', 'Maintenance'), ('DISCONNECTION', 'Disconnection'), ('SURVEY', 'Survey'), ('RELOCATION', 'Moving house')], max_length=13)),
                ('state', models.CharField(choices=[('PENDING', 'Pending'), ('ASSIGNED', 'Assigned'), ('EN_ROUTE', 'On the way'), ('IN_PROGRESS', 'In progress'), ('COMPLETED', 'Completed'), ('FAILED', 'Could not be done'), ('CANCELLED', 'Cancelled')], default='PENDING', max_length=11)),
                ('version', models.PositiveIntegerField(default=1)),
                ('reference', models.CharField(blank=True, max_length=40)),
                ('address', models.CharField(max_length=240)),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('instructions', models.TextField(blank=True)),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'Urgent'), (1, 'High'), (2, 'Normal'), (3, 'Low')], default=2)),
                ('technician_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('window_start', models.DateTimeField(blank=True, null=True)),
                ('window_end', models.DateTimeField(blank=True, null=True)),
                ('planned_minutes', models.PositiveSmallIntegerField()),
                ('checklist', models.JSONField(default=list)),
                ('with_fee', models.BooleanField(default=True)),
                ('left_because', models.CharField(blank=True, choices=[('OWN_WISH', 'Own wish'), ('NON_PAYMENT', 'Unpaid'), ('MOVED', 'Moved away'), ('DIED', 'Died'), ('BY_US', 'Ended by us'), ('NOT_TOLD', 'Not told')], db_default='', default='', max_length=11)),
                ('effect_state', models.CharField(choices=[('NONE', 'Nothing to carry out'), ('WAITING', 'Still to be carried out'), ('DONE', 'Carried out')], default='NONE', max_length=7)),
                ('effect_note', models.TextField(blank=True)),
                ('link_seed', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('link_digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('assigned_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_reason', models.TextField(blank=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('fee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.fee')),
                ('fee_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('router', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.router')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_orders', to='customers.customer')),
                ('subscription', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_orders', to='customers.subscription')),
                ('technician', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visit_no', models.PositiveSmallIntegerField()),
                ('result', models.CharField(choices=[('UNDER_WAY', 'Under way'), ('COMPLETED', 'Completed'), ('FAILED', 'Could not be done'), ('TURNED_BACK', 'Turned back')], default='UNDER_WAY', max_length=11)),
                ('began_at', models.DateTimeField()),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('accuracy_m', models.PositiveIntegerField(blank=True, null=True)),
                ('distance_m', models.PositiveIntegerField(blank=True, null=True)),
                ('no_point_reason', models.CharField(blank=True, max_length=200)),
                ('answers', models.JSONField(default=dict)),
                ('notes', models.TextField(blank=True)),
                ('failure', models.CharField(blank=True, choices=[('NOT_HOME', 'Nobody at home'), ('WRONG_ADDRESS', 'Wrong address'), ('REFUSED', 'Customer refused'), ('NO_SIGNAL', 'No signal'), ('MATERIAL', 'Material missing'), ('UNSAFE', 'Unsafe'), ('OTHER', 'Other')], max_length=13)),
                ('failure_text', models.TextField(blank=True)),
                ('signature', models.JSONField(default=list)),
                ('signed_name', models.CharField(blank=True, max_length=120)),
                ('no_signature_reason', models.CharField(blank=True, max_length=200)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_digest', models.CharField(blank=True, max_length=64)),
                ('has_clock_skew', models.BooleanField(default=False)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='fieldservice.workorder')),
            ],
        ),
        migrations.CreateModel(
            name='FieldAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action_id', models.UUIDField()),
                ('kind', models.CharField(max_length=12)),
                ('after', models.UUIDField(blank=True, null=True)),
                ('base_version', models.PositiveIntegerField()),
                ('payload', models.JSONField(default=dict)),
                ('file_path', models.CharField(blank=True, max_length=120)),
                ('digest', models.CharField(max_length=64)),
                ('client_at', models.DateTimeField()),
                ('moment', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('has_clock_skew', models.BooleanField(default=False)),
                ('outcome', models.CharField(choices=[('APPLIED', 'Applied'), ('WAITING', 'Waits for an earlier one'), ('CONFLICT', 'Differs from the office'), ('REFUSED', 'Refused'), ('TAKEN', 'Taken over by the office'), ('DROPPED', 'Left aside by the office')], max_length=8)),
                ('answer', models.JSONField(default=dict)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='fieldservice.workorder')),
            ],
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=30)),
                ('path', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.PositiveIntegerField()),
                ('taken_at', models.DateTimeField()),
                ('pruned_at', models.DateTimeField(null=True)),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ('accuracy_m', models.PositiveIntegerField(blank=True, null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='fieldservice.visit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('visit', 'item', 'sha256'), name='photo_once_a_visit')],
            },
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=8)),
                ('serial', models.CharField(blank=True, max_length=60)),
                ('is_returned', models.BooleanField(default=False)),
                ('noted_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='fieldservice.visit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='material_is_some'), models.UniqueConstraint(condition=models.Q(('serial', ''), _negated=True), fields=('visit', 'name', 'serial'), name='material_serial_once_a_visit')],
            },
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('state__in', ['ASSIGNED', 'EN_ROUTE', 'IN_PROGRESS'])), fields=['technician', 'window_start'], name='work_order_of_technician'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(fields=['branch', 'state', 'window_start'], name='work_order_board'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(fields=['subscription', 'id'], name='work_order_of_service'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(fields=['customer', '-id'], name='work_order_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.UniqueConstraint(fields=('number',), name='work_order_number_once'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.UniqueConstraint(fields=('link_digest',), name='work_order_link_once'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['PENDING', 'ASSIGNED', 'EN_ROUTE', 'IN_PROGRESS', 'FAILED'])), fields=('subscription', 'kind'), name='work_order_one_open_a_service_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('window_end__isnull', True), ('window_start__isnull', True)), ('window_end__gt', models.F('window_start')), _connector='OR'), name='work_order_window_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ASSIGNED', 'EN_ROUTE', 'IN_PROGRESS']), _negated=True), models.Q(('technician__isnull', False), ('window_start__isnull', False)), _connector='OR'), name='work_order_sent_out_is_assigned'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['COMPLETED', 'CANCELLED']), _negated=True), ('ended_at__isnull', False), _connector='OR'), name='work_order_end_has_moment'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['technician', '-began_at'], name='visit_of_technician'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['ended_at'], name='visit_ended'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('order', 'visit_no'), name='visit_number_once'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('result', 'UNDER_WAY')), fields=('order',), name='visit_one_under_way'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('result', 'FAILED'), _negated=True), models.Q(('failure', ''), _negated=True), _connector='OR'), name='visit_failed_says_why'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('result', 'UNDER_WAY'), ('ended_at__isnull', False), _connector='OR'), name='visit_over_has_moment'),
        ),
        migrations.AddIndex(
            model_name='fieldaction',
            index=models.Index(fields=['order', 'received_at'], name='field_action_of_order'),
        ),
        migrations.AddIndex(
            model_name='fieldaction',
            index=models.Index(condition=models.Q(('outcome__in', ['WAITING', 'CONFLICT'])), fields=['received_at'], name='field_action_open'),
        ),
        migrations.AddIndex(
            model_name='fieldaction',
            index=models.Index(condition=models.Q(('outcome', 'WAITING')), fields=['after'], name='field_action_waits_for'),
        ),
        migrations.AddConstraint(
            model_name='fieldaction',
            constraint=models.UniqueConstraint(fields=('action_id',), name='field_action_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldaction',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at__isnull', True), models.Q(('decision', ''), _negated=True), _connector='OR'), name='field_action_decided_says_why'),
        ),
        migrations.AddField(
            model_name='material',
            name='stock_note',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.CreateModel(
            name='StockItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('unit', models.CharField(default='piece', max_length=12)),
                ('kind', models.CharField(choices=[('SERIAL', 'Pieces with a serial number'), ('BULK', 'Counted or measured')], max_length=6)),
                ('usual_way', models.CharField(choices=[('LENT', 'Lent to the customer'), ('SOLD', 'Sold to the customer'), ('INCLUDED', 'Included in the service'), ('FREE', 'Given for nothing'), ('USED', 'Used up')], max_length=8)),
                ('sale_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('deposit_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('replacement_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('reorder_level', models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ('owned_quantity', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=12)),
                ('value_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('fee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.fee')),
            ],
        ),
        migrations.CreateModel(
            name='SerialUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.CharField(max_length=60)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='fieldservice.stockitem')),
            ],
        ),
        migrations.AddField(
            model_name='material',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockitem'),
        ),
        migrations.CreateModel(
            name='StockPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('BRANCH', 'Branch'), ('PERSON', 'Person'), ('CUSTOMER', 'Customer'), ('SUPPLIER', 'Supplier'), ('SOLD', 'Sold or given'), ('USED', 'Used up'), ('LOST', 'Lost'), ('SCRAP', 'Scrapped'), ('ADJUSTMENT', 'Corrections')], max_length=10)),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StockMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                ('value_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('why', models.CharField(choices=[('RECEIVED', 'Received'), ('MOVED', 'Moved'), ('LENT', 'Lent'), ('SOLD', 'Sold'), ('INCLUDED', 'Included in the service'), ('FREE', 'Given for nothing'), ('USED', 'Used up'), ('RETURNED', 'Returned'), ('SCRAPPED', 'Scrapped'), ('LOST', 'Lost'), ('COUNTED', 'Difference of a count'), ('FOUND', 'Booked for a job')], max_length=9)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('reason', models.TextField(blank=True)),
                ('moved_at', models.DateTimeField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='fieldservice.stockitem')),
                ('moved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='fieldservice.serialunit')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockplace')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockplace')),
            ],
        ),
        migrations.CreateModel(
            name='StockCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('RIGHT', 'Nothing differs'), ('WAITING', 'Waits for approval'), ('APPROVED', 'Approved'), ('REFUSED', 'Refused')], max_length=8)),
                ('lines', models.JSONField(default=list)),
                ('reason', models.TextField(blank=True)),
                ('counted_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('counted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockplace')),
            ],
        ),
        migrations.CreateModel(
            name='StockBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='fieldservice.stockitem')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='fieldservice.stockplace')),
            ],
        ),
        migrations.AddField(
            model_name='serialunit',
            name='place',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='fieldservice.stockplace'),
        ),
        migrations.AddConstraint(
            model_name='stockitem',
            constraint=models.UniqueConstraint(fields=('name',), name='stock_item_name_once'),
        ),
        migrations.AddConstraint(
            model_name='stockitem',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_amount__gte', 0), ('owned_quantity__gte', 0), ('reorder_level__gte', 0), ('replacement_amount__gte', 0), ('sale_amount__gte', 0), ('value_amount__gte', 0)), name='stock_item_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='stockitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('usual_way', 'SOLD'), _negated=True), ('fee__isnull', False), _connector='OR'), name='stock_item_sold_has_fee'),
        ),
        migrations.AddConstraint(
            model_name='stockitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('usual_way', 'LENT'), _negated=True), ('kind', 'SERIAL'), _connector='OR'), name='stock_item_lent_has_serial'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('branch__isnull', False), ('customer__isnull', True), ('kind', 'BRANCH'), ('person__isnull', True)), models.Q(('branch__isnull', True), ('customer__isnull', True), ('kind', 'PERSON'), ('person__isnull', False)), models.Q(('branch__isnull', True), ('customer__isnull', False), ('kind', 'CUSTOMER'), ('person__isnull', True)), models.Q(('branch__isnull', True), ('customer__isnull', True), ('kind__in', ['SUPPLIER', 'SOLD', 'USED', 'LOST', 'SCRAP', 'ADJUSTMENT']), ('person__isnull', True)), _connector='OR'), name='stock_place_is_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.UniqueConstraint(fields=('branch',), name='stock_place_of_branch_once'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.UniqueConstraint(fields=('person',), name='stock_place_of_person_once'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.UniqueConstraint(fields=('customer',), name='stock_place_of_customer_once'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.UniqueConstraint(condition=models.Q(('branch__isnull', True), ('customer__isnull', True), ('person__isnull', True)), fields=('kind',), name='stock_place_of_nobody_once'),
        ),
        migrations.AddIndex(
            model_name='stockmove',
            index=models.Index(fields=['item', '-id'], name='stock_move_of_item'),
        ),
        migrations.AddIndex(
            model_name='stockmove',
            index=models.Index(fields=['unit', '-id'], name='stock_move_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='stock_move_is_some'),
        ),
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', True), ('quantity', 1), _connector='OR'), name='stock_move_of_a_piece_is_one'),
        ),
        migrations.AddConstraint(
            model_name='stockmove',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='stock_move_goes_elsewhere'),
        ),
        migrations.AddConstraint(
            model_name='stockcount',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('place',), name='stock_count_one_waits'),
        ),
        migrations.AddConstraint(
            model_name='stockcount',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('counted_by')), _negated=True), _connector='OR'), name='stock_count_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='stockcount',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['RIGHT', 'WAITING']), ('decided_at__isnull', False), _connector='OR'), name='stock_count_decided_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='stockbalance',
            constraint=models.UniqueConstraint(fields=('item', 'place'), name='stock_balance_once'),
        ),
        migrations.AddConstraint(
            model_name='stockbalance',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='stock_balance_is_not_negative'),
        ),
        migrations.AddIndex(
            model_name='serialunit',
            index=models.Index(fields=['serial'], name='serial_unit_by_serial'),
        ),
        migrations.AddConstraint(
            model_name='serialunit',
            constraint=models.UniqueConstraint(fields=('item', 'serial'), name='serial_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='serialunit',
            constraint=models.CheckConstraint(condition=models.Q(('serial', ''), _negated=True), name='serial_unit_has_serial'),
        ),
        migrations.CreateModel(
            name='RoundDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=4)),
                ('registered_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RoundReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=15)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('client_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('SETTLED', 'Settled'), ('VOID', 'Void'), ('DIFFERS', 'Differs from the first')], max_length=7)),
                ('void_reason', models.CharField(blank=True, max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('flags', models.JSONField(default=list)),
                ('seen_at', models.DateTimeField(null=True)),
                ('collector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='fieldservice.rounddevice')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='rounddevice',
            constraint=models.UniqueConstraint(fields=('code',), name='round_device_code_once'),
        ),
        migrations.AddIndex(
            model_name='roundreceipt',
            index=models.Index(condition=models.Q(('seen_at__isnull', True), models.Q(('flags', []), _negated=True)), fields=['received_at'], name='round_receipt_unseen'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['SETTLED', 'VOID'])), fields=('number',), name='round_receipt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.UniqueConstraint(fields=('payment',), name='round_receipt_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='round_receipt_is_some'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('state', 'SETTLED')), models.Q(models.Q(('state', 'SETTLED'), _negated=True), ('payment__isnull', True)), _connector='OR'), name='round_receipt_settled_has_payment'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'VOID'), _negated=True), models.Q(('void_reason', ''), _negated=True), _connector='OR'), name='round_receipt_void_says_why'),
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('span', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('entered_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('withdrawn_at__isnull', True)), expressions=[('technician', '='), ('span', '&&')], name='absence_days_once'), models.CheckConstraint(condition=models.Q(('span__endswith__isnull', False), ('span__isempty', False), ('span__startswith__isnull', False)), name='absence_has_days')],
            },
        ),
        migrations.CreateModel(
            name='FieldDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_digest', models.CharField(max_length=64)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('session_id', models.BigIntegerField(null=True)),
                ('registered_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.TextField(blank=True)),
                ('wiped_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='FieldFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('received_bytes', models.PositiveIntegerField(default=0)),
                ('announced_at', models.DateTimeField()),
                ('complete_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StockTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=12)),
                ('serials', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('SENT', 'On the way'), ('ACCEPTED', 'Accepted'), ('RETURNED', 'Gone back')], default='SENT', max_length=8)),
                ('sent_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='WorkingDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.TimeField(blank=True, null=True)),
                ('closes', models.TimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='roundreceipt',
            name='round_receipt_number_once',
        ),
        migrations.RemoveConstraint(
            model_name='stockplace',
            name='stock_place_is_of_its_kind',
        ),
        migrations.AddField(
            model_name='photo',
            name='action_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='serialunit',
            name='needs_repair',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='stockmove',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='fieldservice.stockmove'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='customer_moves',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='photo',
            name='path',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name='roundreceipt',
            name='state',
            field=models.CharField(choices=[('SETTLED', 'Settled'), ('VOID', 'Void'), ('DIFFERS', 'Differs from the first'), ('HELD', 'Waits for the office')], max_length=7),
        ),
        migrations.AlterField(
            model_name='stockmove',
            name='why',
            field=models.CharField(choices=[('RECEIVED', 'Received'), ('MOVED', 'Moved'), ('LENT', 'Lent'), ('SOLD', 'Sold'), ('INCLUDED', 'Included in the service'), ('FREE', 'Given for nothing'), ('USED', 'Used up'), ('RETURNED', 'Returned'), ('SCRAPPED', 'Scrapped'), ('LOST', 'Lost'), ('COUNTED', 'Difference of a count'), ('FOUND', 'Booked for a job'), ('UNDONE', 'Undone')], max_length=9),
        ),
        migrations.AlterField(
            model_name='stockplace',
            name='kind',
            field=models.CharField(choices=[('BRANCH', 'Branch'), ('PERSON', 'Person'), ('CUSTOMER', 'Customer'), ('TRANSIT', 'On the way'), ('SUPPLIER', 'Supplier'), ('SOLD', 'Sold or given'), ('USED', 'Used up'), ('LOST', 'Lost'), ('SCRAP', 'Scrapped'), ('ADJUSTMENT', 'Corrections')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(fields=('action_id',), name='photo_once_an_act'),
        ),
        migrations.AddConstraint(
            model_name='roundreceipt',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['SETTLED', 'VOID', 'HELD'])), fields=('number',), name='round_receipt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='stockplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('branch__isnull', False), ('customer__isnull', True), ('kind', 'BRANCH'), ('person__isnull', True)), models.Q(('branch__isnull', True), ('customer__isnull', True), ('kind', 'PERSON'), ('person__isnull', False)), models.Q(('branch__isnull', True), ('customer__isnull', False), ('kind', 'CUSTOMER'), ('person__isnull', True)), models.Q(('branch__isnull', True), ('customer__isnull', True), ('kind__in', ['TRANSIT', 'SUPPLIER', 'SOLD', 'USED', 'LOST', 'SCRAP', 'ADJUSTMENT']), ('person__isnull', True)), _connector='OR'), name='stock_place_is_of_its_kind'),
        ),
        migrations.AddField(
            model_name='fielddevice',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fielddevice',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fieldaction',
            name='device',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='fieldservice.fielddevice'),
        ),
        migrations.AddField(
            model_name='fieldfile',
            name='action',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='announced', to='fieldservice.fieldaction'),
        ),
        migrations.AddField(
            model_name='fieldfile',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='stocktransfer',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stocktransfer',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockitem'),
        ),
        migrations.AddField(
            model_name='stocktransfer',
            name='sent_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stocktransfer',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockplace'),
        ),
        migrations.AddField(
            model_name='stocktransfer',
            name='target',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldservice.stockplace'),
        ),
        migrations.AddField(
            model_name='workingday',
            name='technician',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='working_days', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='fielddevice',
            index=models.Index(fields=['person', '-id'], name='field_device_of_person'),
        ),
        migrations.AddConstraint(
            model_name='fielddevice',
            constraint=models.UniqueConstraint(fields=('token_digest',), name='field_device_token_once'),
        ),
        migrations.AddConstraint(
            model_name='fielddevice',
            constraint=models.CheckConstraint(condition=models.Q(('wiped_at__isnull', True), ('ended_at__isnull', False), _connector='OR'), name='field_device_wiped_has_ended'),
        ),
        migrations.AddIndex(
            model_name='fieldfile',
            index=models.Index(condition=models.Q(('complete_at__isnull', True), ('given_up_at__isnull', True)), fields=['announced_at'], name='field_file_missing'),
        ),
        migrations.AddConstraint(
            model_name='fieldfile',
            constraint=models.CheckConstraint(condition=models.Q(('received_bytes__lte', models.F('size_bytes'))), name='field_file_is_not_longer_than_announced'),
        ),
        migrations.AddConstraint(
            model_name='fieldfile',
            constraint=models.CheckConstraint(condition=models.Q(('complete_at__isnull', True), ('received_bytes', models.F('size_bytes')), _connector='OR'), name='field_file_complete_is_whole'),
        ),
        migrations.AddIndex(
            model_name='stocktransfer',
            index=models.Index(condition=models.Q(('state', 'SENT')), fields=['target'], name='stock_transfer_sent'),
        ),
        migrations.AddConstraint(
            model_name='stocktransfer',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='stock_transfer_is_some'),
        ),
        migrations.AddConstraint(
            model_name='stocktransfer',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'SENT'), ('decided_at__isnull', False), _connector='OR'), name='stock_transfer_decided_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='workingday',
            constraint=models.UniqueConstraint(fields=('technician', 'weekday'), name='working_day_once'),
        ),
        migrations.AddConstraint(
            model_name='workingday',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='working_day_is_a_weekday'),
        ),
        migrations.AddConstraint(
            model_name='workingday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), ('closes__gt', models.F('opens')), _connector='OR'), name='working_day_has_both_hours'),
        ),
        migrations.CreateModel(
            name='FieldFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('WAITING_ACT', 'An act waits for an earlier one'), ('MISSING_RECEIPT', 'A receipt number is missing'), ('EQUIPMENT_OUT', 'Equipment has not come back')], max_length=15)),
                ('key', models.CharField(max_length=60)),
                ('what', models.CharField(max_length=120)),
                ('number', models.CharField(blank=True, max_length=20)),
                ('since', models.DateTimeField()),
                ('found_at', models.DateTimeField()),
                ('cured_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SwapRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('OPEN', 'Asked for'), ('GRANTED', 'Given to somebody else'), ('REFUSED', 'Refused')], default='OPEN', max_length=7)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swap_requests', to='fieldservice.workorder')),
                ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee__isnull', True), ('fee_amount', 0)), models.Q(('fee__isnull', False), ('fee_amount__gt', 0), ('kind', 'RELOCATION')), _connector='OR'), name='work_order_fee_is_of_moving'),
        ),
        migrations.AddIndex(
            model_name='fieldflag',
            index=models.Index(condition=models.Q(('cured_at__isnull', True), ('seen_at__isnull', True)), fields=['since'], name='field_flag_open'),
        ),
        migrations.AddConstraint(
            model_name='fieldflag',
            constraint=models.UniqueConstraint(condition=models.Q(('cured_at__isnull', True)), fields=('kind', 'key'), name='field_flag_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldflag',
            constraint=models.CheckConstraint(condition=models.Q(('seen_at__isnull', True), models.Q(('decision', ''), _negated=True), _connector='OR'), name='field_flag_seen_says_why'),
        ),
        migrations.AddConstraint(
            model_name='swaprequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'OPEN')), fields=('order', 'technician'), name='swap_request_one_open'),
        ),
        migrations.AddConstraint(
            model_name='swaprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'OPEN')), models.Q(models.Q(('state', 'OPEN'), _negated=True), ('decided_at__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='swap_request_decided_says_why'),
        ),
        migrations.CreateModel(
            name='LineTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('opened_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_trials', to='fieldservice.workorder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['until'], name='line_trial_open')],
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='line_trial_number_once'), models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('order',), name='line_trial_one_open'), models.CheckConstraint(condition=models.Q(('number__range', (1, 3))), name='line_trial_three_a_job'), models.CheckConstraint(condition=models.Q(('until__gt', models.F('opened_at'))), name='line_trial_ends_after_it_began')],
            },
        ),
        Install("fieldservice", "d0a44f52ca15fc1b"),
    ]
