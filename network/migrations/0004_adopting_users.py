from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0003_lines_and_leftovers'),
    ]

    operations = [
        migrations.AddField(
            model_name='access',
            name='may_adopt',
            field=models.BooleanField(default=False),
        ),
    ]
