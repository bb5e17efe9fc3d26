"""The forecast keeps apart what is taxed at different rates; the next building fills it."""

from django.db import migrations, models

SPLIT = """
DELETE FROM reports_forecastfigure;
ALTER TABLE reports_forecastfigure ADD COLUMN tax_rate numeric(6, 5) NOT NULL;
ALTER TABLE reports_forecastfigure DROP CONSTRAINT reports_forecastfigure_pkey;
ALTER TABLE reports_forecastfigure
    ADD PRIMARY KEY (month, branch_id, area_id, package_id, reseller_id, tax_rate);
"""
JOIN = """
DELETE FROM reports_forecastfigure;
ALTER TABLE reports_forecastfigure DROP CONSTRAINT reports_forecastfigure_pkey;
ALTER TABLE reports_forecastfigure DROP COLUMN tax_rate;
ALTER TABLE reports_forecastfigure
    ADD PRIMARY KEY (month, branch_id, area_id, package_id, reseller_id);
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_terms_by_customer")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SPLIT, JOIN)],
            state_operations=[
                migrations.DeleteModel("ForecastFigure"),
                migrations.CreateModel(
                    name="ForecastFigure",
                    fields=[
                        ("branch_id", models.IntegerField()),
                        ("area_id", models.IntegerField()),
                        ("package_id", models.IntegerField()),
                        ("reseller_id", models.IntegerField()),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "month", "branch_id", "area_id", "package_id", "reseller_id",
                                "tax_rate", blank=True, editable=False, primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("month", models.DateField()),
                        ("tax_rate", models.DecimalField(decimal_places=5, max_digits=6)),
                        (
                            "net_amount",
                            models.DecimalField(decimal_places=2, default=0, max_digits=14),
                        ),
                        (
                            "tax_amount",
                            models.DecimalField(decimal_places=2, default=0, max_digits=14),
                        ),
                        ("periods", models.IntegerField(default=0)),
                    ],
                    options={"abstract": False},
                ),
            ],
        )
    ]
