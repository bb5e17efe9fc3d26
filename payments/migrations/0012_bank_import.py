"""Bank statements and payouts: what each line became; its sums follow from its parts alone."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

GUARDS = """
-- What is open of a line, and what it is by now, follow from its parts and from nothing else.
CREATE FUNCTION move_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_statementline l
    SET open_amount = l.amount - p.total,
        state = CASE
            WHEN l.amount <> p.total THEN CASE WHEN l.is_parked THEN 'PARKED' ELSE 'NEW' END
            WHEN p.kinds <@ ARRAY['RETURNED'] THEN 'RETURNED'
            WHEN p.kinds <@ ARRAY['CHARGES', 'TRANSFER', 'ELSEWHERE'] THEN 'IGNORED'
            ELSE 'MATCHED' END
    FROM (SELECT coalesce(sum(amount), 0) AS total,
                 coalesce(array_agg(DISTINCT kind::text), '{}') AS kinds
          FROM payments_statementpart WHERE line_id = NEW.line_id AND undone_at IS NULL) p
    WHERE l.id = NEW.line_id;
    RETURN NULL;
END $$;
CREATE TRIGGER statement_part_moves AFTER INSERT OR UPDATE ON payments_statementpart
    FOR EACH ROW EXECUTE FUNCTION move_statement_line();
CREATE TRIGGER statement_line_moved_by_parts BEFORE UPDATE OF open_amount ON payments_statementline
    FOR EACH ROW WHEN (NEW.open_amount <> OLD.open_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();

CREATE FUNCTION freeze_statement_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['undone_at', 'undone_by_id', 'undone_reason']
          <> to_jsonb(OLD) - ARRAY['undone_at', 'undone_by_id', 'undone_reason'] THEN
        RAISE EXCEPTION 'a part of a statement line is undone once, never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statement_part_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statement_part_frozen BEFORE UPDATE OR DELETE ON payments_statementpart
    FOR EACH ROW EXECUTE FUNCTION freeze_statement_part();
CREATE TRIGGER statement_part_kept_truncate BEFORE TRUNCATE ON payments_statementpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What the bank said stays said; parked is parked.
CREATE FUNCTION freeze_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.account_id, NEW.statement_id, NEW.row_no, NEW.booked_on, NEW.amount,
           NEW.description, NEW.reference, NEW.counterparty, NEW.bank_id, NEW.fingerprint)
          IS DISTINCT FROM
          (OLD.account_id, OLD.statement_id, OLD.row_no, OLD.booked_on, OLD.amount,
           OLD.description, OLD.reference, OLD.counterparty, OLD.bank_id, OLD.fingerprint)
       OR (OLD.is_parked AND NOT NEW.is_parked) THEN
        RAISE EXCEPTION 'a line of a statement stays what the bank said'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statement_line_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER statement_line_frozen BEFORE UPDATE OR DELETE ON payments_statementline
    FOR EACH ROW EXECUTE FUNCTION freeze_statement_line();
CREATE TRIGGER statement_line_kept_truncate BEFORE TRUNCATE ON payments_statementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A booked payout stays as it was booked, and its lines; only an unknown one becomes known.
CREATE FUNCTION freeze_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'BOOKED' THEN
        RAISE EXCEPTION 'payout % is booked', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'settlement_is_frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER settlement_frozen BEFORE UPDATE OR DELETE ON payments_settlementimport
    FOR EACH ROW EXECUTE FUNCTION freeze_settlement();
CREATE FUNCTION freeze_settlement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT s.state FROM payments_settlementimport s WHERE s.id = OLD.settlement_id) = 'BOOKED'
       AND (TG_OP = 'DELETE' OR OLD.state <> 'UNKNOWN'
            OR to_jsonb(NEW) - ARRAY['state', 'payment_id', 'matched_at', 'matched_by_id']
               <> to_jsonb(OLD) - ARRAY['state', 'payment_id', 'matched_at', 'matched_by_id']) THEN
        RAISE EXCEPTION 'transaction % is booked', OLD.transaction_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'settlement_line_is_frozen';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER settlement_line_frozen BEFORE UPDATE OR DELETE ON payments_settlementline
    FOR EACH ROW EXECUTE FUNCTION freeze_settlement_line();

SELECT ispbill_protect('payments_statementpart', 'customer_id');
SELECT ispbill_protect('payments_statementsuggestion', 'customer_id');
SELECT ispbill_protect('payments_knownpayer', 'customer_id');
"""

DROP = """
DROP FUNCTION freeze_settlement_line, freeze_settlement, freeze_statement_line,
    freeze_statement_part, move_statement_line CASCADE;
DROP TRIGGER IF EXISTS statement_line_moved_by_parts ON payments_statementline;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('billing', '0014_print_parts'),
        ('customers', '0011_suspension_credit'),
        ('payments', '0011_gateway_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('number', models.CharField(blank=True, max_length=34)),
                ('method', models.CharField(choices=[('EFT', 'Bank transfer'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad')], default='EFT', max_length=12)),
                ('layout', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.account')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
            ],
        ),
        migrations.CreateModel(
            name='KnownPayer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ACCOUNT', 'Account number'), ('NAME', 'Name')], max_length=7)),
                ('fingerprint', models.CharField(max_length=64)),
                ('label', models.CharField(max_length=120)),
                ('sealed_number', models.TextField(blank=True)),
                ('remembered_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='known_payers', to='customers.customer')),
                ('remembered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SettlementImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('SSLCOMMERZ', 'SSLCommerz'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad')], max_length=10)),
                ('reference', models.CharField(max_length=80)),
                ('paid_on', models.DateField()),
                ('file_name', models.CharField(max_length=120)),
                ('file_hash', models.CharField(max_length=64)),
                ('path', models.CharField(max_length=160)),
                ('layout', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('UPLOADED', 'Columns to be named'), ('READ', 'To be booked'), ('BOOKED', 'Booked')], default='UPLOADED', max_length=8)),
                ('gross_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('fee_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('net_amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('bad_count', models.PositiveIntegerField(default=0)),
                ('uploaded_at', models.DateTimeField()),
                ('booked_at', models.DateTimeField(null=True)),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payments.bankaccount')),
                ('booked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SettlementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('SSLCOMMERZ', 'SSLCommerz'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad')], max_length=10)),
                ('row_no', models.PositiveIntegerField()),
                ('transaction_id', models.CharField(max_length=80)),
                ('happened_on', models.DateField(null=True)),
                ('gross_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('fee_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('net_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('is_taken_back', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('KNOWN', 'Matched'), ('DIFFERENT', 'Another amount'), ('UNKNOWN', 'Not in our books')], max_length=9)),
                ('is_parked', models.BooleanField(default=False)),
                ('matched_at', models.DateTimeField(null=True)),
                ('matched_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settlement_lines', to='payments.payment')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='payments.settlementimport')),
            ],
        ),
        migrations.CreateModel(
            name='StatementImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=120)),
                ('file_hash', models.CharField(max_length=64)),
                ('path', models.CharField(max_length=160)),
                ('state', models.CharField(choices=[('UPLOADED', 'Columns to be named'), ('READING', 'Being read'), ('READ', 'To be reviewed'), ('ACCEPTING', 'Being accepted'), ('ACCEPTED', 'Accepted'), ('FAILED', 'Not readable')], default='UPLOADED', max_length=9)),
                ('layout', models.JSONField(blank=True, default=dict)),
                ('run_id', models.BigIntegerField(null=True)),
                ('first_day', models.DateField(null=True)),
                ('last_day', models.DateField(null=True)),
                ('opening_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('closing_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('row_count', models.PositiveIntegerField(default=0)),
                ('new_count', models.PositiveIntegerField(default=0)),
                ('bad_count', models.PositiveIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('uploaded_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='payments.bankaccount')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BadRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.PositiveIntegerField()),
                ('cells', models.JSONField(default=list)),
                ('problem', models.CharField(max_length=200)),
                ('settlement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bad_rows', to='payments.settlementimport')),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bad_rows', to='payments.statementimport')),
            ],
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row_no', models.PositiveIntegerField()),
                ('booked_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('open_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('description', models.CharField(blank=True, max_length=300)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('counterparty', models.CharField(blank=True, max_length=120)),
                ('bank_id', models.CharField(blank=True, max_length=80)),
                ('payer_mask', models.CharField(blank=True, max_length=12)),
                ('payer_fingerprint', models.CharField(blank=True, max_length=64)),
                ('sealed_payer', models.TextField(blank=True)),
                ('fingerprint', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('NEW', 'New'), ('PARKED', "Nobody's yet"), ('MATCHED', 'Matched'), ('IGNORED', 'Set aside'), ('RETURNED', 'Paid back')], default='NEW', max_length=8)),
                ('is_parked', models.BooleanField(default=False)),
                ('confidence', models.PositiveSmallIntegerField(default=0)),
                ('is_safe', models.BooleanField(default=False)),
                ('examined_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.bankaccount')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.statementimport')),
            ],
        ),
        migrations.CreateModel(
            name='StatementPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('PAYMENT', 'Payment'), ('REFUND', 'Refund'), ('DEPOSIT', 'Security deposit'), ('PAYOUT', 'Payout of a gateway'), ('CHARGES', 'Bank charges'), ('TRANSFER', 'Own transfer'), ('RETURNED', 'Paid back'), ('RETURN', 'Our paying back'), ('ELSEWHERE', 'Not for these books')], max_length=9)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('is_made', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_reason', models.TextField(blank=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.account')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('deposit_move', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_parts', to='payments.depositmove')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='payments.statementline')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_parts', to='payments.payment')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_parts', to='payments.settlementimport')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_parts', to='payments.refund')),
                ('returns', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seen_leaving', to='payments.statementpart')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='StatementSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('confidence', models.PositiveSmallIntegerField()),
                ('reasons', models.JSONField(default=list)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='payments.statementline')),
                ('payment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
                ('payout', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='payments.settlementimport')),
            ],
        ),
        migrations.AddConstraint(
            model_name='bankaccount',
            constraint=models.UniqueConstraint(fields=('name',), name='bank_account_name_once'),
        ),
        migrations.AddConstraint(
            model_name='knownpayer',
            constraint=models.UniqueConstraint(fields=('fingerprint', 'customer'), name='known_payer_once'),
        ),
        migrations.AddConstraint(
            model_name='settlementimport',
            constraint=models.UniqueConstraint(fields=('provider', 'file_hash'), name='settlement_file_once'),
        ),
        migrations.AddConstraint(
            model_name='settlementimport',
            constraint=models.CheckConstraint(condition=models.Q(('net_amount', django.db.models.expressions.CombinedExpression(models.F('gross_amount'), '-', models.F('fee_amount')))), name='settlement_net_is_gross_less_fee'),
        ),
        migrations.AddConstraint(
            model_name='settlementimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked_at__isnull', False), ('state', 'BOOKED')), models.Q(models.Q(('state', 'BOOKED'), _negated=True), ('booked_at__isnull', True)), _connector='OR'), name='settlement_booked_says_when'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.UniqueConstraint(fields=('provider', 'transaction_id', 'is_taken_back'), name='settlement_line_once'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.UniqueConstraint(condition=models.Q(('payment__isnull', False)), fields=('payment', 'is_taken_back'), name='settlement_line_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.CheckConstraint(condition=models.Q(('net_amount', django.db.models.expressions.CombinedExpression(models.F('gross_amount'), '-', models.F('fee_amount')))), name='settlement_line_net_is_gross_less_fee'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gross_amount__gte', 0), ('is_taken_back', False)), models.Q(('gross_amount__lt', 0), ('is_taken_back', True)), _connector='OR'), name='settlement_line_taken_back_is_negative'),
        ),
        migrations.AddConstraint(
            model_name='settlementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', True), ('state', 'UNKNOWN')), models.Q(models.Q(('state', 'UNKNOWN'), _negated=True), ('payment__isnull', False)), _connector='OR'), name='settlement_line_known_has_payment'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.UniqueConstraint(fields=('account', 'file_hash'), name='statement_file_once'),
        ),
        migrations.AddConstraint(
            model_name='statementimport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ACCEPTED'), _negated=True), ('accepted_at__isnull', False), _connector='OR'), name='statement_accepted_says_when'),
        ),
        migrations.AddConstraint(
            model_name='badrow',
            constraint=models.UniqueConstraint(fields=('statement', 'row_no'), name='bad_row_of_statement_once'),
        ),
        migrations.AddConstraint(
            model_name='badrow',
            constraint=models.UniqueConstraint(fields=('settlement', 'row_no'), name='bad_row_of_settlement_once'),
        ),
        migrations.AddConstraint(
            model_name='badrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settlement__isnull', True), ('statement__isnull', False)), models.Q(('settlement__isnull', False), ('statement__isnull', True)), _connector='OR'), name='bad_row_is_of_one_file'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['booked_on', 'id'], name='statement_line_day'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(condition=models.Q(('state__in', ['NEW', 'PARKED'])), fields=['booked_on', 'id'], name='statement_line_open'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(fields=('account', 'fingerprint'), name='statement_line_once'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='statement_line_is_some_money'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('open_amount__gte', 0), ('open_amount__lte', models.F('amount'))), models.Q(('amount__lt', 0), ('open_amount__gte', models.F('amount')), ('open_amount__lte', 0)), _connector='OR'), name='statement_line_open_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['NEW', 'PARKED']), ('open_amount', 0), _connector='OR'), name='statement_line_done_is_not_open'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('is_parked', False), ('amount__gt', 0), _connector='OR'), name='statement_line_parked_is_money_in'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__lte', 100)), name='statement_line_confidence_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='statement_part_is_some_money'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PAYMENT'), _negated=True), models.Q(('customer__isnull', False), ('payment__isnull', False)), _connector='OR'), name='statement_part_payment_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'REFUND'), _negated=True), models.Q(('customer__isnull', False), ('refund__isnull', False)), _connector='OR'), name='statement_part_refund_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'DEPOSIT'), _negated=True), models.Q(('customer__isnull', False), ('deposit_move__isnull', False)), _connector='OR'), name='statement_part_deposit_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PAYOUT'), _negated=True), ('payout__isnull', False), _connector='OR'), name='statement_part_payout_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['CHARGES', 'TRANSFER']), _negated=True), ('account__isnull', False), _connector='OR'), name='statement_part_account_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RETURN'), _negated=True), ('returns__isnull', False), _connector='OR'), name='statement_part_return_is_named'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['RETURNED', 'ELSEWHERE']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='statement_part_set_aside_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), models.Q(('undone_reason', ''), _negated=True), _connector='OR'), name='statement_part_undone_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('payment',), name='statement_part_payment_once'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('refund',), name='statement_part_refund_once'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('deposit_move',), name='statement_part_deposit_move_once'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('payout',), name='statement_part_payout_once'),
        ),
        migrations.AddConstraint(
            model_name='statementpart',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('returns',), name='statement_part_returns_once'),
        ),
        migrations.AddConstraint(
            model_name='statementsuggestion',
            constraint=models.UniqueConstraint(fields=('line', 'rank'), name='statement_suggestion_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='statementsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__lte', 100)), name='statement_suggestion_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='statementsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('payout__isnull', True)), models.Q(('customer__isnull', True), ('payment__isnull', True), ('payout__isnull', False)), _connector='OR'), name='statement_suggestion_is_of_somebody'),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
