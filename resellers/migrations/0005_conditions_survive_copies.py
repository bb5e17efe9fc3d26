from django.db import migrations

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    dependencies = [
        ('resellers', '0004_wallet_rails'),
    ]

    operations = [
        Install("resellers", "a8a552e79d1f1f94"),
    ]
