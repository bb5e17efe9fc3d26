"""Customers and services stay for ever, by order of the database (docs/adr/0032-looked-up-once.md).

A customer is archived and a service cancelled; nothing ever removed either, and nothing may. So who
names one can look once, for a whole statement, whether it is there: what is there stays there.
"""

from django.db import migrations

KEPT = """
CREATE TRIGGER customer_kept BEFORE DELETE OR UPDATE OF id ON customers_customer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER customer_kept_truncate BEFORE TRUNCATE ON customers_customer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_kept BEFORE DELETE OR UPDATE OF id ON customers_subscription
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER service_kept_truncate BEFORE TRUNCATE ON customers_subscription
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DROP = """
DROP TRIGGER customer_kept ON customers_customer;
DROP TRIGGER customer_kept_truncate ON customers_customer;
DROP TRIGGER service_kept ON customers_subscription;
DROP TRIGGER service_kept_truncate ON customers_subscription;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_referrals")]
    operations = [migrations.RunSQL(KEPT, DROP)]
