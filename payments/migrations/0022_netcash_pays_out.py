"""NetCash's transfers to our bank are booked as payouts.

What is booked may be written beside a statement line once, with its outcome. Transfers that were
only noted until now are followed again.
"""

import django.db.models.deletion
from django.db import migrations, models

FROZEN = """
CREATE OR REPLACE FUNCTION freeze_debit_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['outcome', 'note', 'order_id', 'payout_id']
          <> to_jsonb(OLD) - ARRAY['outcome', 'note', 'order_id', 'payout_id']
       OR (OLD.payout_id IS NOT NULL AND NEW.payout_id IS DISTINCT FROM OLD.payout_id)
       OR (OLD.outcome NOT IN ('NEW', 'HELD') AND NEW.outcome <> OLD.outcome) THEN
        RAISE EXCEPTION 'a statement line stays as it was imported'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_statement_line_is_kept';
    END IF;
    RETURN NEW;
END $$;
"""
AGAIN = """
ALTER TABLE payments_debitstatementline DISABLE TRIGGER debit_statement_line_frozen;
UPDATE payments_debitstatementline SET outcome = 'NEW' WHERE code = 'BTR' AND outcome = 'NOTED';
ALTER TABLE payments_debitstatementline ENABLE TRIGGER debit_statement_line_frozen;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0021_settling_once'),
    ]

    operations = [
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='debitsettings',
            name='bank_account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankaccount'),
        ),
        migrations.AddField(
            model_name='debitstatementline',
            name='payout',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.settlementimport'),
        ),
        migrations.AlterField(
            model_name='debitstatementline',
            name='outcome',
            field=models.CharField(choices=[('NEW', 'New'), ('SETTLED', 'Payment recorded'), ('RETURNED', 'Debit returned'), ('BOOKED', 'Booked'), ('PAID_OUT', 'Paid out'), ('NOTED', 'Noted'), ('HELD', 'Needs a decision')], default='NEW', max_length=8),
        ),
        migrations.AlterField(
            model_name='settlementimport',
            name='provider',
            field=models.CharField(choices=[('SSLCOMMERZ', 'SSLCommerz'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('NETCASH', 'NetCash')], max_length=10),
        ),
        migrations.AlterField(
            model_name='settlementline',
            name='provider',
            field=models.CharField(choices=[('SSLCOMMERZ', 'SSLCommerz'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('NETCASH', 'NetCash')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='debitstatementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effect_amount__lt', 0), ('outcome', 'PAID_OUT'), ('payout__isnull', False)), models.Q(models.Q(('outcome', 'PAID_OUT'), _negated=True), ('payout__isnull', True)), _connector='OR'), name='debit_statement_line_paid_out_by_a_payout'),
        ),
    ]
