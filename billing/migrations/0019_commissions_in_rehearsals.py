"""What resellers would earn is a part of a rehearsal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0018_break_requests'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rehearsalpart',
            name='kind',
            field=models.CharField(choices=[('BILL', 'Bill'), ('TELL', 'Message'), ('FEE', 'Late fee'), ('CUT', 'Cut off'), ('EARN', 'Commission')], max_length=4),
        ),
    ]
