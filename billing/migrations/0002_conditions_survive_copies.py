from django.db import migrations

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0001_initial'),
    ]

    operations = [
        Install("billing", "1c5d3a36173faf00"),
    ]
