"""Indexes of the customers' list, each for a filter or a sort of a million rows."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('customers', '0003_search_words_and_list_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['customer_since', 'id'], name='customer_since'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('is_duplicate_suspect', True)), fields=['id'], name='customer_suspect'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['id'], name='customer_archived'),
        ),
        migrations.AddIndex(
            model_name='standing',
            index=models.Index(fields=['balance_amount', 'customer'], name='standing_balance'),
        ),
    ]
