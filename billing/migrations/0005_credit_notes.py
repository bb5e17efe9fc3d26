"""A credit note is the sum of its lines, gives back no more than was charged, and stays as it is.

Its lines are written first (their foreign key is deferred) and the note last: one trigger then
sees all of it, holds the invoice's row, and moves the invoice's `credited_amount`, which nothing
else may move. What may be paid and credited together is the invoice's own check constraint.
"""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION check_credit_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own record;
    wrong text;
BEGIN
    -- Two notes for one invoice wait for each other here; each sees what the other one took.
    UPDATE billing_invoice SET credited_amount = credited_amount + NEW.total_amount
        WHERE id = NEW.invoice_id AND status = 'OPEN' AND customer_id = NEW.customer_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an issued invoice of this customer can be credited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_credits_issued_invoice';
    END IF;
    SELECT sum(c.net_amount) AS net, sum(c.tax_amount) AS tax,
           bool_and(c.customer_id = NEW.customer_id AND l.invoice_id = NEW.invoice_id
                    AND c.tax_rate = l.tax_rate) AS fits INTO own
    FROM billing_creditnoteline c JOIN billing_invoiceline l ON l.id = c.line_id
    WHERE c.note_id = NEW.id;
    IF own.net IS DISTINCT FROM NEW.net_amount OR own.tax IS DISTINCT FROM NEW.tax_amount
       OR own.fits IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'credit note % is not the sum of its lines', NEW.number
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'credit_note_is_the_sum_of_its_lines';
    END IF;
    -- Net and tax of a line each, over all notes there are. A deduction (a line below zero) is
    -- given back from below.
    SELECT l.description INTO wrong
    FROM billing_invoiceline l
    JOIN billing_creditnoteline c ON c.line_id = l.id
    WHERE l.invoice_id = NEW.invoice_id
    GROUP BY l.id
    HAVING sum(c.net_amount) NOT BETWEEN least(l.net_amount, 0) AND greatest(l.net_amount, 0)
        OR sum(c.tax_amount) NOT BETWEEN least(l.tax_amount, 0) AND greatest(l.tax_amount, 0)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be credited on "%" than it charged', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_within_what_was_charged';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_note_holds AFTER INSERT ON billing_creditnote
    FOR EACH ROW EXECUTE FUNCTION check_credit_note();

-- A line after its note would be a credit nobody checked.
CREATE FUNCTION check_credit_note_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN billing_creditnote c ON c.id = n.note_id;
    IF FOUND THEN
        RAISE EXCEPTION 'a credit note takes no more lines'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credit_note_is_frozen';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_note_lines_first AFTER INSERT ON billing_creditnoteline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_credit_note_lines();

SELECT ispbill_append_only('billing_creditnote');
SELECT ispbill_append_only('billing_creditnoteline');

-- Credit comes from notes alone: the update of their trigger is one level down, all others are not.
CREATE FUNCTION refuse_credit_without_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'invoice % is credited by credit notes only', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_credited_by_notes_only';
END $$;
CREATE TRIGGER invoice_credited_by_notes BEFORE UPDATE OF credited_amount ON billing_invoice
    FOR EACH ROW WHEN (NEW.credited_amount <> OLD.credited_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_credit_without_note();

SELECT ispbill_protect('billing_creditnote', 'customer_id');
SELECT ispbill_protect('billing_creditnoteline', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_creditnote');
SELECT ispbill_portal_may('SELECT', 'billing_creditnoteline');
"""

DROP = """
DROP TRIGGER invoice_credited_by_notes ON billing_invoice;
DROP FUNCTION refuse_credit_without_note, check_credit_note_lines, check_credit_note CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('billing', '0004_catalogue_guards'),
        ('customers', '0006_catalogue_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('CREDIT', 'Credit note'), ('WRITE_OFF', 'Write-off')], default='CREDIT', max_length=12)),
                ('issued_on', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('language', models.CharField(max_length=5)),
                ('net_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('tax_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('total_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('reason', models.TextField()),
                ('buyer', models.JSONField(default=dict)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='customers.customer')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='billing.invoice')),
                ('seller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.sellertext')),
            ],
        ),
        migrations.CreateModel(
            name='CreditNoteLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(max_length=160)),
                ('days', django.contrib.postgres.fields.ranges.DateRangeField(null=True)),
                ('net_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('tax_rate', models.DecimalField(decimal_places=5, max_digits=6)),
                ('tax_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('explanation', models.JSONField(default=dict)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.account')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='billing.invoiceline')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.creditnote')),
            ],
        ),
        migrations.AddIndex(
            model_name='creditnote',
            index=models.Index(fields=['customer', '-id'], name='credit_note_customer'),
        ),
        migrations.AddIndex(
            model_name='creditnote',
            index=models.Index(fields=['issued_on', 'id'], name='credit_note_day'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.UniqueConstraint(fields=('number',), name='credit_note_number_once'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('total_amount', django.db.models.expressions.CombinedExpression(models.F('net_amount'), '+', models.F('tax_amount')))), name='credit_note_total_is_net_plus_tax'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('total_amount__gt', 0), ('net_amount__gte', 0), ('tax_amount__gte', 0)), name='credit_note_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='creditnote',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='credit_note_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='creditnoteline',
            constraint=models.UniqueConstraint(fields=('note', 'line'), name='credit_note_line_once'),
        ),
        migrations.AddConstraint(
            model_name='creditnoteline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('net_amount', 0), _negated=True), models.Q(('tax_amount', 0), _negated=True), _connector='OR'), name='credit_note_line_is_not_nothing'),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
