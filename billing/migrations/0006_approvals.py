"""A request for approval stays as it was asked, and is decided once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION freeze_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'PENDING' AND NEW.status <> 'PENDING'
       AND (NEW.kind, NEW.customer_id, NEW.branch_id, NEW.invoice_id, NEW.amount, NEW.payload,
            NEW.facts, NEW.key, NEW.reason, NEW.requested_by_id, NEW.requested_at)
           IS NOT DISTINCT FROM
           (OLD.kind, OLD.customer_id, OLD.branch_id, OLD.invoice_id, OLD.amount, OLD.payload,
            OLD.facts, OLD.key, OLD.reason, OLD.requested_by_id, OLD.requested_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request for approval is decided once and never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'approval_is_frozen';
END $$;
CREATE TRIGGER approval_frozen BEFORE UPDATE OR DELETE ON billing_approval
    FOR EACH ROW EXECUTE FUNCTION freeze_approval();
CREATE TRIGGER approval_frozen_truncate BEFORE TRUNCATE ON billing_approval
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT ispbill_protect('billing_approval', 'customer_id');
"""

DROP = "DROP FUNCTION freeze_approval CASCADE;"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('billing', '0005_credit_notes'),
        ('customers', '0007_switching_at_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CREDIT', 'Credit note'), ('WRITE_OFF', 'Write-off'), ('CHARGE', 'One-off charge'), ('REFUND', 'Refund'), ('DEPOSIT_RETURN', 'Deposit paid back')], max_length=16)),
                ('status', models.CharField(choices=[('PENDING', 'Waits for approval'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected'), ('WITHDRAWN', 'Withdrawn'), ('STALE', 'Out of date')], default='PENDING', max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('payload', models.JSONField()),
                ('facts', models.CharField(max_length=64)),
                ('key', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True)),
                ('result', models.CharField(blank=True, max_length=40)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='billing.invoice')),
                ('requested_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'PENDING')), fields=['requested_at'], name='approval_waiting'), models.Index(fields=['customer', '-id'], name='approval_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='approval_amount_is_positive'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='approval_has_reason'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='approval_by_another_person'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'PENDING')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', True), ('status', 'WITHDRAWN')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['APPROVED', 'REJECTED', 'STALE'])), _connector='OR'), name='approval_decided_by_somebody'), models.UniqueConstraint(condition=models.Q(('status', 'PENDING')), fields=('key',), name='approval_asked_once')],
            },
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
