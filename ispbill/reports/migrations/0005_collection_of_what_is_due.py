"""What was due in a month and what of it was paid; the next building fills it, for every month."""

from django.db import migrations, models

# Without a state the next night (or `manage.py rebuild_figures`) builds all days and months anew.
BUILD_ANEW = "DELETE FROM reports_figurestate"


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_forecast_by_tax_rate")]
    operations = [
        migrations.AddField(
            model_name="monthfigure",
            name=name,
            field=models.DecimalField(decimal_places=2, default=0, max_digits=14),
        )
        for name in ("due_amount", "due_paid_amount")
    ] + [migrations.RunSQL(BUILD_ANEW, migrations.RunSQL.noop)]
