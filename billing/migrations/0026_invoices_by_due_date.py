"""Bills of a month by their due date: neighbours in time, so a narrow index will do."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0025_price_step_billed_until")]
    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["due_date"], name="invoice_due", pages_per_range=32
            ),
        ),
    ]
