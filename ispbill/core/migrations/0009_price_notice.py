from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0008_lifecycle_rules")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="price_notice_days",
            field=models.PositiveSmallIntegerField(default=30),
        ),
    ]
