"""A payment may be born completed (docs/adr/0031-a-payment-is-written-once.md): then its reseller
earns with its first row, not with a later change of it."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION begin_commissions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earning bigint[];
BEGIN
    SELECT array_agg(n.id) INTO earning
    FROM new_rows n JOIN customers_customer c ON c.id = n.customer_id
    WHERE n.status = 'COMPLETED' AND c.reseller_id IS NOT NULL;
    IF earning IS NOT NULL THEN
        PERFORM earn_commissions(earning);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commission_begins AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION begin_commissions();
"""

DROP = """
DROP FUNCTION begin_commissions CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("resellers", "0003_commissions"), ("payments", "0021_settling_once")]
    operations = [migrations.RunSQL(GUARDS, DROP)]
