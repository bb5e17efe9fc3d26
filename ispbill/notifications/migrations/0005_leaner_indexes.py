"""Nobody asks for a message by its provider's reference; each message paid for it three times."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0004_find_by_recipient'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='message',
            name='message_provider_ref',
        ),
    ]
