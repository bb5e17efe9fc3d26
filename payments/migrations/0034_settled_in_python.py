"""What a payment does is one Python function again (docs/adr/0041-a-payment-one-can-read.md)."""

from django.db import migrations

DROP = """
DROP PROCEDURE payments_settle_alone;
DROP FUNCTION payments_settle, payments_complete, payments_write_down, payments_some_not_payable,
    payments_ways, payments_spread, payments_allocate;
DROP TYPE payments_payer, payments_part, payments_asked;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0033_gateway_answers")]
    operations = [migrations.RunSQL(DROP)]
