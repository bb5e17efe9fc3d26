"""Customers who bring customers: once for each friend, never in a circle, along a table of states."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION move_referral() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'PENDING' THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (NEW.referred_id, NEW.referrer_amount, NEW.friend_amount, NEW.minimum_amount,
            NEW.joined_at, NEW.expires_on)
           IS NOT DISTINCT FROM
           (OLD.referred_id, OLD.referrer_amount, OLD.friend_amount, OLD.minimum_amount,
            OLD.joined_at, OLD.expires_on)
           AND (NEW.referrer_id = OLD.referrer_id OR (OLD.status = 'PENDING' AND NEW.status = 'PENDING'))
           AND (NEW.status = OLD.status OR (OLD.status, NEW.status) IN (
                ('PENDING', 'CREDITED'), ('PENDING', 'EXPIRED'), ('PENDING', 'REFUSED'),
                ('CREDITED', 'PENDING'), ('CREDITED', 'REFUSED'), ('REFUSED', 'PENDING'))) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a referral keeps its terms and moves along its states (%)', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'referral_moves_along_its_states';
END $$;
CREATE TRIGGER referral_moves BEFORE INSERT OR UPDATE OR DELETE ON customers_referral
    FOR EACH ROW EXECUTE FUNCTION move_referral();
CREATE TRIGGER referral_kept_truncate BEFORE TRUNCATE ON customers_referral
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Nobody has, over others, brought himself. One at a time: two halves of a circle written at the
-- same moment would not see each other.
CREATE FUNCTION refuse_referral_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('customers_referral'));
    PERFORM FROM (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.referrer_id
            UNION
            SELECT r.referrer_id FROM customers_referral r JOIN above a ON a.id = r.referred_id
        ) SELECT id FROM above
    ) up WHERE up.id = NEW.referred_id;
    IF FOUND THEN
        RAISE EXCEPTION 'customer % cannot have brought customer %', NEW.referrer_id, NEW.referred_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_is_no_circle';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER referral_circle AFTER INSERT OR UPDATE OF referrer_id ON customers_referral
    FOR EACH ROW EXECUTE FUNCTION refuse_referral_circle();

SELECT ispbill_protect('customers_referralcode', 'customer_id');
SELECT ispbill_protect('customers_referral', 'referrer_id');
"""

DROP = """
DROP FUNCTION refuse_referral_circle, move_referral CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('customers', '0012_tax_certificates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReferralCode',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='referral_code', serialize=False, to='customers.customer')),
                ('code', models.CharField(max_length=8)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code',), name='referral_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('PENDING', 'Pending'), ('CREDITED', 'Credited'), ('EXPIRED', 'Expired'), ('REFUSED', 'Refused')], default='PENDING', max_length=8)),
                ('suspicion', models.CharField(blank=True, choices=[('', 'None'), ('PHONE', 'Same phone number'), ('NATIONAL_ID', 'Same national id'), ('EMAIL', 'Same e-mail'), ('ADDRESS', 'Same address')], max_length=12)),
                ('referrer_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('friend_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('minimum_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('joined_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('credited_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('referrer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brought', to='customers.customer')),
                ('referred', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'PENDING')), fields=['expires_on', 'id'], name='referral_pending'), models.Index(fields=['status', '-id'], name='referral_latest')],
                'constraints': [models.UniqueConstraint(fields=('referred',), name='referral_once_per_friend'), models.CheckConstraint(condition=models.Q(('referrer', models.F('referred')), _negated=True), name='referral_of_somebody_else'), models.CheckConstraint(condition=models.Q(('friend_amount__gte', 0), ('minimum_amount__gte', 0), ('referrer_amount__gte', 0)), name='referral_amounts_are_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('credited_at__isnull', False), ('status', 'CREDITED')), models.Q(models.Q(('status', 'CREDITED'), _negated=True), ('credited_at__isnull', True)), _connector='OR'), name='referral_credited_has_a_moment'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'REFUSED'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='referral_refused_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'CREDITED'), _negated=True), ('suspicion', ''), ('decided_at__isnull', False), _connector='OR'), name='referral_suspicious_is_cleared_first')],
            },
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]
