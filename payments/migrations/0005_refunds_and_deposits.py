"""Credit paid out and security lodged: neither can be more than is there, nothing is edited.

The parts of a refund are written first (their foreign key is deferred) and the refund last, so that
one trigger sees all of it. Sums are moved by triggers alone.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts record;
    moved bigint;
BEGIN
    SELECT sum(amount) AS amount, count(*) AS count, bool_and(customer_id = NEW.customer_id) AS own
        INTO parts FROM payments_refundpart WHERE refund_id = NEW.id;
    IF parts.amount IS DISTINCT FROM NEW.amount OR parts.own IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'refund % is not the sum of its parts', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_the_sum_of_its_parts';
    END IF;
    PERFORM 1 FROM payments_payment p JOIN payments_refundpart r ON r.payment_id = p.id
        WHERE r.refund_id = NEW.id ORDER BY p.id FOR NO KEY UPDATE OF p;
    UPDATE payments_payment p SET refunded_amount = p.refunded_amount + r.amount
        FROM payments_refundpart r
        WHERE r.refund_id = NEW.id AND p.id = r.payment_id AND p.customer_id = NEW.customer_id
          AND p.status = 'COMPLETED';
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> parts.count THEN
        RAISE EXCEPTION 'only completed payments of the customer are refunded'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_completed_payments';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_holds AFTER INSERT ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION check_refund();

CREATE FUNCTION check_refund_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN payments_refund r ON r.id = n.refund_id;
    IF FOUND THEN
        RAISE EXCEPTION 'a refund takes no more parts'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'refund_is_frozen';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_parts_first AFTER INSERT ON payments_refundpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_refund_parts();

CREATE FUNCTION refuse_sum_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the sums of % are moved by its documents only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER payment_refunded_by_refunds BEFORE UPDATE OF refunded_amount ON payments_payment
    FOR EACH ROW WHEN (NEW.refunded_amount <> OLD.refunded_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();

CREATE FUNCTION move_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change numeric := CASE WHEN NEW.kind IN ('TAKEN', 'PUT_BACK') THEN NEW.amount
                           ELSE -NEW.amount END;
BEGIN
    IF NEW.payment_id IS NOT NULL THEN
        PERFORM 1 FROM payments_payment p WHERE p.id = NEW.payment_id AND p.method = 'DEPOSIT'
            AND p.customer_id = NEW.customer_id AND p.amount = NEW.amount
            AND (NEW.kind = 'APPLIED') = (p.status <> 'REVERSED');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'deposit % does not fit its payment', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deposit_fits_its_payment';
        END IF;
    END IF;
    UPDATE payments_deposit SET held_amount = held_amount + change
        WHERE customer_id = NEW.customer_id;
    IF NOT FOUND THEN
        INSERT INTO payments_deposit (customer_id, held_amount) VALUES (NEW.customer_id, change);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deposit_moves AFTER INSERT ON payments_depositmove
    FOR EACH ROW EXECUTE FUNCTION move_deposit();
CREATE TRIGGER deposit_held_by_moves BEFORE INSERT OR UPDATE OR DELETE ON payments_deposit
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_sum_by_hand();

SELECT ispbill_append_only('payments_refund');
SELECT ispbill_append_only('payments_refundpart');
SELECT ispbill_append_only('payments_depositmove');
SELECT ispbill_protect('payments_refund', 'customer_id');
SELECT ispbill_protect('payments_refundpart', 'customer_id');
SELECT ispbill_protect('payments_deposit', 'customer_id');
SELECT ispbill_protect('payments_depositmove', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'payments_refund');
SELECT ispbill_portal_may('SELECT', 'payments_deposit');
SELECT ispbill_portal_may('SELECT', 'payments_depositmove');
"""

DROP = """
DROP TRIGGER payment_refunded_by_refunds ON payments_payment;
DROP FUNCTION move_deposit, refuse_sum_by_hand, check_refund_parts, check_refund CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('customers', '0007_switching_at_once'),
        ('payments', '0004_prepaid_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deposit',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='deposit', serialize=False, to='customers.customer')),
                ('held_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
            ],
        ),
        migrations.CreateModel(
            name='DepositMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('TAKEN', 'Deposit taken'), ('APPLIED', 'Deposit used for bills'), ('PUT_BACK', 'Deposit put back'), ('RETURNED', 'Deposit paid back')], max_length=8)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('method', models.CharField(blank=True, choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit')], max_length=12)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('reason', models.TextField()),
                ('moved_on', models.DateField()),
                ('moved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('method', models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit')], max_length=12)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('reason', models.TextField()),
                ('paid_on', models.DateField()),
                ('paid_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RefundPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_allocated_within_amount',
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_reversed_has_reason',
        ),
        migrations.RemoveIndex(
            model_name='payment',
            name='payment_credit_left',
        ),
        migrations.AddField(
            model_name='payment',
            name='refunded_amount',
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14),
        ),
        migrations.AlterField(
            model_name='payment',
            name='method',
            field=models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('amount__gt', django.db.models.expressions.CombinedExpression(models.F('allocated_amount'), '+', models.F('refunded_amount'))), ('status', 'COMPLETED')), fields=['customer', 'id'], name='payment_credit_left'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('allocated_amount__gte', 0), ('refunded_amount__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(models.F('allocated_amount'), '+', models.F('refunded_amount')))), name='payment_allocated_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'REVERSED'), _negated=True), models.Q(('reversed_at__isnull', False), models.Q(('reversal_reason', ''), _negated=True), ('allocated_amount', 0), ('refunded_amount', 0)), _connector='OR'), name='payment_reversed_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='deposit',
            constraint=models.CheckConstraint(condition=models.Q(('held_amount__gte', 0)), name='deposit_is_not_overdrawn'),
        ),
        migrations.AddField(
            model_name='depositmove',
            name='branch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch'),
        ),
        migrations.AddField(
            model_name='depositmove',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deposit_moves', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='depositmove',
            name='moved_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='depositmove',
            name='payment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deposit_moves', to='payments.payment'),
        ),
        migrations.AddField(
            model_name='refund',
            name='branch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch'),
        ),
        migrations.AddField(
            model_name='refund',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='refund',
            name='paid_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_parts', to='payments.payment'),
        ),
        migrations.AddField(
            model_name='refundpart',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='payments.refund'),
        ),
        migrations.AddIndex(
            model_name='depositmove',
            index=models.Index(fields=['customer', '-id'], name='deposit_move_customer'),
        ),
        migrations.AddConstraint(
            model_name='depositmove',
            constraint=models.UniqueConstraint(fields=('number',), name='deposit_number_once'),
        ),
        migrations.AddConstraint(
            model_name='depositmove',
            constraint=models.UniqueConstraint(fields=('payment', 'kind'), name='deposit_pays_once'),
        ),
        migrations.AddConstraint(
            model_name='depositmove',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='deposit_move_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='depositmove',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='deposit_move_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='depositmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['TAKEN', 'RETURNED']), ('method__in', ['CASH', 'BKASH', 'NAGAD', 'CARD', 'EFT']), ('payment__isnull', True)), models.Q(('kind__in', ['APPLIED', 'PUT_BACK']), ('method', ''), ('payment__isnull', False)), _connector='OR'), name='deposit_move_is_money_or_payment'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['customer', '-id'], name='refund_customer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('number',), name='refund_number_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='refund_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['CASH', 'BKASH', 'NAGAD', 'CARD', 'EFT'])), name='refund_is_money'),
        ),
        migrations.AddConstraint(
            model_name='refundpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_part_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='refundpart',
            constraint=models.UniqueConstraint(fields=('refund', 'payment'), name='refund_part_once'),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
