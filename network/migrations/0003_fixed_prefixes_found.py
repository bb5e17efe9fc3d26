from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('network', '0002_fixed_prefixes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='radiussession',
            index=models.Index(condition=models.Q(('ipv6_prefix', ''), _negated=True), fields=['ipv6_prefix', 'began_at'], name='radius_session_prefix'),
        ),
        ValidateConstraint(
            model_name='access',
            name='access_method_can_be_told_its_prefix',
        ),
    ]
