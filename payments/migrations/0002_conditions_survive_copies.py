from django.db import migrations

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
    ]

    operations = [
        Install("payments", "91bbb4f319d90851"),
    ]
