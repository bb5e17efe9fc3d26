"""Credit for bringing a customer: a payment of its own kind, given once and taken back once."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION check_referral_reward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL
       AND to_jsonb(NEW) - 'undone_at' = to_jsonb(OLD) - 'undone_at'
       AND EXISTS (SELECT FROM payments_payment p
                   WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.undone_at IS NULL AND EXISTS (
        SELECT FROM customers_referral r
        JOIN payments_payment g ON g.id = NEW.payment_id AND g.method = 'REFERRAL'
             AND g.status = 'COMPLETED' AND g.customer_id = NEW.customer_id
        JOIN payments_payment e ON e.id = NEW.earned_by_id AND e.method <> 'REFERRAL'
             AND e.status = 'COMPLETED' AND e.customer_id = r.referred_id
        WHERE r.id = NEW.referral_id AND g.amount =
              CASE NEW.side WHEN 'FRIEND' THEN r.friend_amount ELSE r.referrer_amount END
          AND NEW.customer_id = CASE NEW.side WHEN 'FRIEND' THEN r.referred_id ELSE r.referrer_id END
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a referral is rewarded as agreed, by a payment of its own'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'referral_reward_as_agreed';
END $$;
CREATE TRIGGER referral_reward_holds BEFORE INSERT OR UPDATE OR DELETE ON payments_referralreward
    FOR EACH ROW EXECUTE FUNCTION check_referral_reward();
CREATE TRIGGER referral_reward_kept_truncate BEFORE TRUNCATE ON payments_referralreward
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Credit that was given is spent on bills; it is not paid out.
CREATE FUNCTION refuse_reward_paid_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM new_rows n JOIN payments_payment p ON p.id = n.payment_id
        WHERE p.method = 'REFERRAL';
    IF FOUND THEN
        RAISE EXCEPTION 'a reward for a referral is not paid out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_reward_is_not_paid_out';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refund_of_no_reward AFTER INSERT ON payments_refundpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_reward_paid_out();

SELECT ispbill_protect('payments_referralreward', 'customer_id');
"""

DROP = """
DROP FUNCTION refuse_reward_paid_out, check_referral_reward CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0013_referrals'),
        ('payments', '0019_settling'),
    ]

    operations = [
        migrations.AlterField(
            model_name='depositmove',
            name='method',
            field=models.CharField(blank=True, choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit'), ('REFERRAL', 'Referral reward')], max_length=12),
        ),
        migrations.AlterField(
            model_name='payment',
            name='method',
            field=models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit'), ('REFERRAL', 'Referral reward')], max_length=12),
        ),
        migrations.AlterField(
            model_name='refund',
            name='method',
            field=models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('CARD', 'Card'), ('EFT', 'Bank transfer'), ('DEBIT_ORDER', 'Debit order'), ('VOUCHER', 'Voucher'), ('ADJUSTMENT', 'Adjustment'), ('DEPOSIT', 'Security deposit'), ('REFERRAL', 'Referral reward')], max_length=12),
        ),
        migrations.CreateModel(
            name='ReferralReward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('REFERRER', 'Who brought'), ('FRIEND', 'Who came')], max_length=8)),
                ('given_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referral_rewards', to='customers.customer')),
                ('earned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referral_rewards', to='payments.payment')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
                ('referral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='customers.referral')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('referral', 'side'), name='referral_reward_once_while_it_stands'), models.UniqueConstraint(fields=('earned_by', 'side'), name='referral_reward_once_per_payment')],
            },
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
