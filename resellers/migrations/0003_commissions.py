"""What resellers earn and are paid: once a payment, along a table of states, never more than earned."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION move_commission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held text;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.status <> 'ACCRUED'
        OR NEW.taken_back_amount <> 0 OR NEW.payout_id IS NOT NULL)) THEN
        RAISE EXCEPTION 'a commission begins accrued and is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_is_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NEW.payment_id, NEW.reseller_id, NEW.customer_id, NEW.branch_id, NEW.base_amount,
        NEW.tax_rate, NEW.rate, NEW.amount, NEW.currency, NEW.earned_on, NEW.earned_at)
       IS DISTINCT FROM
       (OLD.payment_id, OLD.reseller_id, OLD.customer_id, OLD.branch_id, OLD.base_amount,
        OLD.tax_rate, OLD.rate, OLD.amount, OLD.currency, OLD.earned_on, OLD.earned_at)
       OR (OLD.paid_amount IS NOT NULL AND (NEW.paid_amount, NEW.payout_id)
           IS DISTINCT FROM (OLD.paid_amount, OLD.payout_id)) THEN
        RAISE EXCEPTION 'a commission stays as it was earned'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_is_frozen';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('ACCRUED', 'APPROVED'), ('ACCRUED', 'REVERSED'), ('APPROVED', 'PAID'),
        ('APPROVED', 'REVERSED'), ('PAID', 'REVERSED')) THEN
        RAISE EXCEPTION 'a commission does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_moves_forward';
    END IF;
    IF NEW.taken_back_amount <> OLD.taken_back_amount AND pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION 'what is taken back of a commission is moved by its documents only'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_taken_back_by_documents';
    END IF;
    IF NEW.payout_id IS NOT NULL AND (NEW.payout_id IS DISTINCT FROM OLD.payout_id
                                      OR NEW.status = 'PAID' AND OLD.status <> 'PAID') THEN
        SELECT status INTO held FROM resellers_payout
            WHERE id = NEW.payout_id AND reseller_id = NEW.reseller_id;
        IF held IS DISTINCT FROM (CASE WHEN NEW.status = 'PAID' THEN 'PAID' ELSE 'WAITING' END)
           OR (NEW.status = 'PAID' AND NEW.paid_amount <> NEW.amount - NEW.taken_back_amount)
           OR (OLD.status <> 'APPROVED') THEN
            RAISE EXCEPTION 'approved commissions are paid by a payout of their reseller, whole'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_paid_by_a_payout';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commission_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_commission
    FOR EACH ROW EXECUTE FUNCTION move_commission();
-- What is marked as paid is the whole of its payout: nothing is slipped into one paid before.
CREATE FUNCTION check_commissions_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM resellers_payout p
        WHERE p.id IN (SELECT n.payout_id FROM new_rows n JOIN old_rows o ON o.id = n.id
                       WHERE n.status = 'PAID' AND o.status <> 'PAID')
          AND p.earned_amount IS DISTINCT FROM
              (SELECT sum(k.paid_amount) FROM resellers_commission k WHERE k.payout_id = p.id);
    IF FOUND THEN
        RAISE EXCEPTION 'commissions are paid as the whole of a payout'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commissions_paid_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commissions_paid_whole AFTER UPDATE ON resellers_commission
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION check_commissions_paid();
CREATE TRIGGER commission_kept_truncate BEFORE TRUNCATE ON resellers_commission
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whether it is a claim depends on what the commission is at this moment, so the database says.
CREATE FUNCTION begin_commission_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earned record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT reseller_id, paid_amount INTO earned FROM resellers_commission
            WHERE id = NEW.commission_id FOR UPDATE;
        NEW.reseller_id := earned.reseller_id;
        NEW.is_claim := earned.paid_amount IS NOT NULL;
        IF NEW.payout_id IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'payout_id' = to_jsonb(OLD) - 'payout_id'
       AND EXISTS (SELECT FROM resellers_payout p WHERE p.status = 'WAITING'
                   AND p.reseller_id = NEW.reseller_id
                   AND p.id = coalesce(OLD.payout_id, NEW.payout_id))
       AND (OLD.payout_id IS NULL OR NEW.payout_id IS NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was taken back stays, and is deducted once'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'commission_back_is_frozen';
END $$;
CREATE TRIGGER commission_back_begins BEFORE INSERT OR UPDATE OR DELETE ON resellers_commissionback
    FOR EACH ROW EXECUTE FUNCTION begin_commission_back();
CREATE TRIGGER commission_back_kept_truncate BEFORE TRUNCATE ON resellers_commissionback
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION move_commission_worth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE resellers_commission
    SET taken_back_amount = taken_back_amount + NEW.amount,
        status = CASE WHEN taken_back_amount + NEW.amount = amount THEN 'REVERSED' ELSE status END
    WHERE id = NEW.commission_id;
    RETURN NULL;
END $$;
CREATE TRIGGER commission_back_moves AFTER INSERT ON resellers_commissionback
    FOR EACH ROW EXECUTE FUNCTION move_commission_worth();

CREATE FUNCTION move_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.status = 'WAITING')
       OR (TG_OP = 'UPDATE' AND OLD.status = 'WAITING' AND NEW.status <> 'WAITING'
           AND to_jsonb(NEW) - '{status,decided_by_id,decided_at,paid_on}'::text[]
             = to_jsonb(OLD) - '{status,decided_by_id,decided_at,paid_on}'::text[]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a payout waits, is decided once, and then stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payout_is_decided_once';
END $$;
CREATE TRIGGER payout_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_payout
    FOR EACH ROW EXECUTE FUNCTION move_payout();
CREATE TRIGGER payout_kept_truncate BEFORE TRUNCATE ON resellers_payout
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- At the commit, under the reseller's lock: a payout is the sum of what it pays, and all that was
-- ever paid to a reseller is covered by what the reseller has earned and kept.
CREATE FUNCTION prove_payout() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts record;
    claims numeric;
    ever_paid numeric;
    ever_earned numeric;
BEGIN
    PERFORM FROM resellers_reseller WHERE id = NEW.reseller_id FOR NO KEY UPDATE;
    SELECT sum(paid_amount) AS amount, bool_or(status = 'APPROVED') AS unpaid INTO parts
        FROM resellers_commission WHERE payout_id = NEW.id;
    SELECT coalesce(sum(amount), 0) INTO claims FROM resellers_commissionback
        WHERE payout_id = NEW.id;
    IF parts.amount IS DISTINCT FROM NEW.earned_amount OR parts.unpaid
       OR claims <> NEW.claimed_amount THEN
        RAISE EXCEPTION 'payout % is not the sum of its commissions', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_the_sum_of_its_parts';
    END IF;
    SELECT sum(amount) INTO ever_paid FROM resellers_payout
        WHERE reseller_id = NEW.reseller_id AND status = 'PAID';
    SELECT sum(amount - taken_back_amount) INTO ever_earned FROM resellers_commission
        WHERE reseller_id = NEW.reseller_id AND status <> 'ACCRUED';
    IF ever_paid > ever_earned THEN
        RAISE EXCEPTION 'reseller % earned %, paid would be %',
            NEW.reseller_id, ever_earned, ever_paid
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_within_what_was_earned';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payout_proven AFTER UPDATE ON resellers_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'PAID')
    EXECUTE FUNCTION prove_payout();

-- The share of completed payments, written with its entry in one statement, once for a payment. What
-- is no new money of the customer earns nothing; nor do cards a reseller bought below their value.
CREATE FUNCTION earn_commissions(payments bigint[]) RETURNS bigint LANGUAGE sql AS $$
    WITH due AS (
        SELECT p.id, r.id AS reseller_id, p.customer_id, p.branch_id, p.currency, p.posted_on,
               p.received_at, r.commission_rate AS rate, t.rate AS tax_rate,
               round(p.amount / (1 + t.rate), 2) AS base_amount
        FROM payments_payment p
        JOIN customers_customer c ON c.id = p.customer_id
        JOIN resellers_reseller r ON r.id = c.reseller_id
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT o.tax_rate FROM core_company o
                             WHERE o.commission_excludes_tax AND NOT c.is_tax_exempt), 0) AS rate) t
        WHERE p.id = ANY (payments) AND p.status = 'COMPLETED' AND r.commission_rate > 0
          AND p.method NOT IN ('ADJUSTMENT', 'REFERRAL')
          AND NOT (p.method = 'VOUCHER' AND EXISTS (
              SELECT FROM payments_voucher v JOIN payments_voucherbatch b ON b.id = v.batch_id
              WHERE v.serial = p.reference AND b.reseller_id IS NOT NULL))
    ), made AS (
        INSERT INTO resellers_commission (payment_id, reseller_id, customer_id, branch_id,
            base_amount, tax_rate, rate, amount, currency, status, earned_on, earned_at)
        SELECT id, reseller_id, customer_id, branch_id, base_amount, tax_rate, rate,
               round(base_amount * rate, 2), currency, 'ACCRUED', posted_on, received_at
        FROM due WHERE round(base_amount * rate, 2) > 0 ORDER BY id
        ON CONFLICT (payment_id) DO NOTHING
        RETURNING id, branch_id, earned_on AS day, amount
    ), accounts AS (
        INSERT INTO billing_account (code, name, kind) VALUES
            (5410, 'Commissions of resellers', 'EXPENSE'),
            (2350, 'Commissions owed to resellers', 'LIABILITY')
        ON CONFLICT DO NOTHING
    ), entries AS (
        INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
            memo, actor_id, first_line)
        SELECT 'COMMISSION', 'commission', m.id, billing_open_day(m.day), ispbill_at(), m.branch_id, '',
               nullif(current_setting('app.actor_id', true), '')::bigint, 1
        FROM made m ORDER BY m.id
        RETURNING id, source_id
    ), posted AS (
        INSERT INTO billing_posting (entry_id, line_no, account_id, amount)
        SELECT e.id, v.line_no, v.account_id, v.amount
        FROM entries e JOIN made m ON m.id = e.source_id
        CROSS JOIN LATERAL (VALUES (1, 5410, m.amount), (2, 2350, -m.amount))
            AS v (line_no, account_id, amount)
        ORDER BY e.id, v.line_no
    )
    SELECT count(*) FROM made
$$;

-- What payments no longer bear: reversed, or partly paid out again. What is left is reckoned as if
-- the payment had been that small, so it never falls below zero; the same rest takes back once.
CREATE FUNCTION take_back_commissions(payments bigint[]) RETURNS bigint LANGUAGE sql AS $$
    WITH held AS (
        SELECT k.id, k.reseller_id, k.branch_id, k.rate, k.tax_rate, k.payment_id,
               k.amount - k.taken_back_amount AS worth
        FROM resellers_commission k
        WHERE k.payment_id = ANY (payments) AND k.status <> 'REVERSED'
        ORDER BY k.id FOR UPDATE
    ), due AS (
        SELECT h.*, l.amount AS left_amount,
               round(round(l.amount / (1 + h.tax_rate), 2) * h.rate, 2) AS keeps
        FROM held h JOIN payments_payment p ON p.id = h.payment_id
        CROSS JOIN LATERAL (SELECT CASE p.status WHEN 'COMPLETED' THEN p.amount - p.refunded_amount
                                                 ELSE 0 END AS amount) l
    ), taken AS (
        INSERT INTO resellers_commissionback (commission_id, reseller_id, amount, left_amount,
            is_claim, taken_on, taken_at)
        SELECT d.id, d.reseller_id, d.worth - d.keeps, d.left_amount, false,
               (ispbill_at() AT TIME ZONE coalesce((SELECT time_zone FROM core_company), 'UTC'))::date,
               ispbill_at()
        FROM due d WHERE d.worth > d.keeps ORDER BY d.id
        ON CONFLICT (commission_id, left_amount) DO NOTHING
        RETURNING id, commission_id, taken_on AS day, -amount AS amount
    ), made AS (
        SELECT t.id, h.branch_id, t.day, t.amount FROM taken t JOIN held h ON h.id = t.commission_id
    ), accounts AS (
        INSERT INTO billing_account (code, name, kind) VALUES
            (5410, 'Commissions of resellers', 'EXPENSE'),
            (2350, 'Commissions owed to resellers', 'LIABILITY')
        ON CONFLICT DO NOTHING
    ), entries AS (
        INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
            memo, actor_id, first_line)
        SELECT 'COMMISSION_BACK', 'commission_back', m.id, billing_open_day(m.day), ispbill_at(), m.branch_id, '',
               nullif(current_setting('app.actor_id', true), '')::bigint, 1
        FROM made m ORDER BY m.id
        RETURNING id, source_id
    ), posted AS (
        INSERT INTO billing_posting (entry_id, line_no, account_id, amount)
        SELECT e.id, v.line_no, v.account_id, v.amount
        FROM entries e JOIN made m ON m.id = e.source_id
        CROSS JOIN LATERAL (VALUES (1, 5410, m.amount), (2, 2350, -m.amount))
            AS v (line_no, account_id, amount)
        ORDER BY e.id, v.line_no
    )
    SELECT count(*) FROM made
$$;

-- A payment of a reseller's customer has been completed, or one has become smaller.
CREATE FUNCTION follow_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED' THEN
        PERFORM FROM customers_customer c WHERE c.id = NEW.customer_id AND c.reseller_id IS NOT NULL;
        IF FOUND THEN
            PERFORM earn_commissions(ARRAY[NEW.id]);
        END IF;
    ELSE
        PERFORM FROM resellers_commission k WHERE k.payment_id = NEW.id;
        IF FOUND THEN
            PERFORM take_back_commissions(ARRAY[NEW.id]);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commission_follows AFTER UPDATE OF status, refunded_amount ON payments_payment
    FOR EACH ROW WHEN (NEW.status <> OLD.status OR NEW.refunded_amount <> OLD.refunded_amount)
    EXECUTE FUNCTION follow_payment();

SELECT ispbill_protect('resellers_commission', 'customer_id');
"""

DROP = """
DROP FUNCTION follow_payment CASCADE;
DROP FUNCTION take_back_commissions, earn_commissions;
DROP FUNCTION check_commissions_paid, prove_payout, move_payout, move_commission_worth, begin_commission_back,
    move_commission CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('customers', '0013_referrals'),
        ('payments', '0020_referral_rewards'),
        ('resellers', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Commission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('tax_rate', models.DecimalField(decimal_places=5, max_digits=6)),
                ('rate', models.DecimalField(decimal_places=5, max_digits=6)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('taken_back_amount', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(choices=[('ACCRUED', 'Pending'), ('APPROVED', 'Approved'), ('PAID', 'Paid'), ('REVERSED', 'Reversed')], default='ACCRUED', max_length=8)),
                ('earned_on', models.DateField()),
                ('earned_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('paid_amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('payment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='resellers.reseller')),
            ],
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('earned_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('claimed_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('method', models.CharField(choices=[('CASH', 'Cash'), ('BKASH', 'bKash'), ('NAGAD', 'Nagad'), ('EFT', 'Bank transfer')], max_length=5)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('WAITING', 'Waits for approval'), ('PAID', 'Paid'), ('WITHDRAWN', 'Withdrawn')], max_length=9)),
                ('needs_second', models.BooleanField()),
                ('prepared_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('paid_on', models.DateField(null=True)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reseller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='resellers.reseller')),
            ],
        ),
        migrations.CreateModel(
            name='CommissionBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('left_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('is_claim', models.BooleanField(default=False)),
                ('taken_on', models.DateField()),
                ('taken_at', models.DateTimeField()),
                ('commission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='backs', to='resellers.commission')),
                ('reseller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resellers.reseller')),
                ('payout', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='resellers.payout')),
            ],
        ),
        migrations.AddField(
            model_name='commission',
            name='payout',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commissions', to='resellers.payout'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['-id'], name='payout_latest'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('number',), name='payout_number_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'WAITING')), fields=('reseller',), name='payout_one_waiting_per_reseller'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payout_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('claimed_amount__gte', 0), ('amount', django.db.models.expressions.CombinedExpression(models.F('earned_amount'), '-', models.F('claimed_amount')))), name='payout_is_earned_less_claimed'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'PAID'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('paid_on__isnull', False)), _connector='OR'), name='payout_paid_says_by_whom_and_when'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('needs_second', False), models.Q(('status', 'PAID'), _negated=True), models.Q(('decided_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='payout_second_person'),
        ),
        migrations.AddIndex(
            model_name='commissionback',
            index=models.Index(condition=models.Q(('is_claim', True), ('payout__isnull', True)), fields=['reseller', 'id'], name='commission_claim_open'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.UniqueConstraint(fields=('commission', 'left_amount'), name='commission_back_once_per_fact'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('left_amount__gte', 0)), name='commission_back_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='commissionback',
            constraint=models.CheckConstraint(condition=models.Q(('payout__isnull', True), ('is_claim', True), _connector='OR'), name='commission_back_deducted_is_a_claim'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(fields=['reseller', '-id'], name='commission_reseller'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(fields=['customer'], name='commission_customer'),
        ),
        migrations.AddIndex(
            model_name='commission',
            index=models.Index(condition=models.Q(('status__in', ['ACCRUED', 'APPROVED'])), fields=['status', 'reseller', 'id'], name='commission_waiting'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.UniqueConstraint(fields=('payment',), name='commission_once_per_payment'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='commission_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0), ('rate__lte', 1), ('tax_rate__gte', 0), ('tax_rate__lt', 1)), name='commission_rates_are_fractions'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('base_amount__gte', models.F('amount'))), name='commission_within_its_base'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(('taken_back_amount__gte', 0), ('taken_back_amount__lte', models.F('amount'))), name='commission_taken_back_within_it'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'REVERSED'), ('taken_back_amount', models.F('amount'))), models.Q(models.Q(('status', 'REVERSED'), _negated=True), ('taken_back_amount__lt', models.F('amount'))), _connector='OR'), name='commission_reversed_is_worth_nothing'),
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'PAID'), ('paid_amount__gt', 0), ('payout__isnull', False)), models.Q(models.Q(('status', 'PAID'), _negated=True), ('paid_amount__isnull', True)), models.Q(('status', 'REVERSED'), ('payout__isnull', False)), _connector='OR'), name='commission_paid_says_how_much'),
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
