"""Package changes, their batches, and moves of services planned for a day to come."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARDS = """
-- A change moves only along its way; what it is about never changes; each move leaves an event.
-- The portal may ask, ask again and withdraw, and nothing else.
CREATE FUNCTION keep_package_change_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.subscription_id, NEW.customer_id, NEW.package_from_id, NEW.package_to_id, NEW.origin,
        NEW.requested_at) IS DISTINCT FROM
       (OLD.subscription_id, OLD.customer_id, OLD.package_from_id, OLD.package_to_id, OLD.origin,
        OLD.requested_at) THEN
        RAISE EXCEPTION 'a package change keeps what it is about'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_change_keeps_its_matter';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('QUOTED', 'REQUESTED'), ('QUOTED', 'APPROVED'), ('QUOTED', 'APPLIED'),
        ('QUOTED', 'STALE'), ('QUOTED', 'CANCELLED'), ('QUOTED', 'REJECTED'),
        ('REQUESTED', 'APPROVED'), ('REQUESTED', 'APPLIED'), ('REQUESTED', 'REJECTED'),
        ('REQUESTED', 'CANCELLED'), ('REQUESTED', 'STALE'),
        ('STALE', 'REQUESTED'), ('STALE', 'APPROVED'), ('STALE', 'APPLIED'),
        ('STALE', 'REJECTED'), ('STALE', 'CANCELLED'),
        ('APPROVED', 'APPLIED'), ('APPROVED', 'CANCELLED'), ('APPROVED', 'STALE')) THEN
        RAISE EXCEPTION 'a package change cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'package_change_moves_along_its_way';
    END IF;
    IF NEW.status IN ('APPLIED', 'REJECTED', 'CANCELLED') AND NEW.status = OLD.status
       AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'this package change is over'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_change_over_is_frozen';
    END IF;
    IF current_user = ispbill_portal_role() AND NEW.status NOT IN ('REQUESTED', 'CANCELLED') THEN
        RAISE EXCEPTION 'the portal does not decide on package changes'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'package_change_is_decided_by_staff';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER package_change_moves BEFORE UPDATE ON billing_packagechange
    FOR EACH ROW EXECUTE FUNCTION keep_package_change_moves();

CREATE FUNCTION begin_package_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = ispbill_portal_role() AND NEW.status <> 'REQUESTED' THEN
        RAISE EXCEPTION 'the portal does not decide on package changes'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'package_change_is_decided_by_staff';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER package_change_begins BEFORE INSERT ON billing_packagechange
    FOR EACH ROW EXECUTE FUNCTION begin_package_change();

-- Runs as its owner, because the portal may not write the audit trail itself.
CREATE FUNCTION audit_package_change() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT ispbill_at(),
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(nullif(current_setting('app.actor_name', true), ''), 'system'),
           '', 'package_change.' || lower(NEW.status), 'packagechange', NEW.id::text,
           s.connection_id, NEW.customer_id, c.branch_id,
           coalesce(current_setting('app.reason', true), ''),
           CASE WHEN TG_OP = 'UPDATE' THEN jsonb_build_object('status', OLD.status) END,
           jsonb_build_object('status', NEW.status, 'from', f.name, 'to', t.name,
               'effective_on', NEW.effective_on, 'total', NEW.total_amount::text),
           coalesce(current_setting('app.request_id', true), '')
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_package f ON f.id = NEW.package_from_id
    JOIN customers_package t ON t.id = NEW.package_to_id
    WHERE s.id = NEW.subscription_id;
    RETURN NULL;
END $$;
CREATE TRIGGER package_change_audit AFTER INSERT OR UPDATE ON billing_packagechange
    FOR EACH ROW EXECUTE FUNCTION audit_package_change();
CREATE TRIGGER package_change_kept BEFORE DELETE ON billing_packagechange
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT ispbill_protect('billing_packagechange', 'customer_id');
SELECT ispbill_protect('billing_plannedmove', 'customer_id');
SELECT ispbill_portal_may('SELECT, INSERT, UPDATE', 'billing_packagechange');
SELECT ispbill_portal_may('SELECT', 'billing_plannedmove');
SELECT ispbill_keep_versions('billing_plannedmove');
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SEQUENCE billing_packagechange_id_seq TO %I', ispbill_portal_role());
END $$;
"""

DROP = """
DROP FUNCTION audit_package_change, begin_package_change, keep_package_change_moves CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('audit', '0003_seals'),
        ('billing', '0010_given_days'),
        ('customers', '0011_suspension_credit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PackageChangeBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('effective', models.CharField(choices=[('NOW', 'At once'), ('PERIOD_END', 'From the next bill on')], max_length=10)),
                ('on', models.DateField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('total', models.PositiveIntegerField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('ordered_at', models.DateTimeField()),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.area')),
                ('branch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('job_run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='audit.jobrun')),
                ('ordered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('package_from', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
                ('package_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
            ],
        ),
        migrations.CreateModel(
            name='PackageChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective', models.CharField(choices=[('NOW', 'At once'), ('PERIOD_END', 'From the next bill on')], max_length=10)),
                ('effective_on', models.DateField()),
                ('price_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('gross_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('total_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('quote', models.JSONField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('quoted_at', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('status', models.CharField(choices=[('QUOTED', 'Quoted'), ('REQUESTED', 'Pending'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected'), ('APPLIED', 'Applied'), ('CANCELLED', 'Withdrawn'), ('STALE', 'To be confirmed again')], default='REQUESTED', max_length=9)),
                ('origin', models.CharField(choices=[('PORTAL', 'Customer'), ('STAFF', 'Staff'), ('RESELLER', 'Reseller')], max_length=8)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('requested_at', models.DateTimeField()),
                ('decision_note', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('credit_notes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='package_changes', to='customers.customer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.invoice')),
                ('package_from', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
                ('package_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.package')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='package_changes', to='customers.subscription')),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='billing.packagechangebatch')),
            ],
        ),
        migrations.CreateModel(
            name='PlannedMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('SUSPENSION', 'Suspension'), ('TERMINATION', 'Termination')], max_length=11)),
                ('suspension_kind', models.CharField(blank=True, choices=[('NON_PAYMENT', 'Non-payment'), ('CUSTOMER_REQUEST', "Customer's request"), ('TECHNICAL', 'Technical'), ('FRAUD', 'Fraud'), ('POLICY', 'Policy violation'), ('PREPAID', 'Prepaid time is over'), ('OTHER', 'Other')], max_length=16)),
                ('is_billed', models.BooleanField(default=False)),
                ('span', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('reason', models.TextField()),
                ('status', models.CharField(choices=[('PLANNED', 'Planned'), ('RUNNING', 'Running'), ('DONE', 'Done'), ('WITHDRAWN', 'Withdrawn'), ('FAILED', 'Failed')], default='PLANNED', max_length=9)),
                ('outcome', models.CharField(blank=True, max_length=300)),
                ('planned_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('planned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='planned_moves', to='customers.subscription')),
                ('suspension', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.suspension')),
            ],
        ),
        migrations.AddConstraint(
            model_name='packagechangebatch',
            constraint=models.UniqueConstraint(fields=('key',), name='package_change_batch_once'),
        ),
        migrations.AddIndex(
            model_name='packagechange',
            index=models.Index(fields=['-requested_at', '-id'], name='package_change_latest'),
        ),
        migrations.AddIndex(
            model_name='packagechange',
            index=models.Index(fields=['customer', '-id'], name='package_change_customer'),
        ),
        migrations.AddIndex(
            model_name='packagechange',
            index=models.Index(condition=models.Q(('status__in', ['REQUESTED', 'APPROVED', 'STALE'])), fields=['status', 'effective_on'], name='package_change_waiting'),
        ),
        migrations.AddConstraint(
            model_name='packagechange',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['REQUESTED', 'APPROVED', 'STALE'])), fields=('subscription',), name='package_change_one_open_per_service'),
        ),
        migrations.AddConstraint(
            model_name='packagechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['APPROVED', 'REJECTED', 'APPLIED']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='package_change_decided_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='packagechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('applied_at__isnull', False), ('status', 'APPLIED')), models.Q(models.Q(('status', 'APPLIED'), _negated=True), ('applied_at__isnull', True)), _connector='OR'), name='package_change_applied_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='packagechange',
            constraint=models.CheckConstraint(condition=models.Q(('price_amount__gte', 0)), name='package_change_price_is_not_negative'),
        ),
        migrations.AddIndex(
            model_name='plannedmove',
            index=models.Index(condition=models.Q(('status__in', ['PLANNED', 'RUNNING'])), fields=['status', 'subscription'], name='planned_move_waiting'),
        ),
        migrations.AddConstraint(
            model_name='plannedmove',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ['PLANNED', 'RUNNING'])), expressions=[('subscription', '='), ('span', '&&')], name='planned_moves_never_overlap'),
        ),
        migrations.AddConstraint(
            model_name='plannedmove',
            constraint=models.CheckConstraint(condition=models.Q(('span__isempty', False), ('span__startswith__isnull', False)), name='planned_move_has_a_first_day'),
        ),
        migrations.AddConstraint(
            model_name='plannedmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'SUSPENSION'), _negated=True), models.Q(('suspension_kind', ''), _negated=True), _connector='OR'), name='planned_suspension_names_its_kind'),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
