import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.lookups
import ispbill.core.columns
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from ispbill.core.guarding import Install


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
        ('network', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='ipassignment',
            name='ip_address_held_once_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='ipassignment',
            name='ip_assignment_one_at_a_time',
        ),
        migrations.AddField(
            model_name='access',
            name='delegated_prefix',
            field=ispbill.core.columns.CidrField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='ipassignment',
            name='kind',
            field=models.CharField(choices=[('STATIC', 'Fixed address'), ('DELEGATED', 'Fixed IPv6 prefix')], db_default='STATIC', default='STATIC', max_length=9),
        ),
        migrations.AddField(
            model_name='ippool',
            name='delegated_length',
            field=models.PositiveSmallIntegerField(db_default=56, default=56),
        ),
        migrations.AlterField(
            model_name='ipassignment',
            name='address',
            field=ispbill.core.columns.InetField(),
        ),
        migrations.AlterField(
            model_name='ippool',
            name='kind',
            field=models.CharField(choices=[('PUBLIC', 'Public'), ('PRIVATE', 'Private'), ('CGNAT', 'CGNAT'), ('DELEGATED', 'Delegated prefixes')], max_length=9),
        ),
        AddConstraintNotValid(
            model_name='access',
            constraint=models.CheckConstraint(condition=models.Q(('delegated_prefix__isnull', True), ('desired_state', 'REMOVED'), ('method', 'PPPOE'), _connector='OR'), name='access_method_can_be_told_its_prefix'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.contrib.postgres.indexes.OpClass('address', name='inet_ops'), '&&'), ('span', '&&')], name='ip_address_held_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), ('kind', '='), ('span', '&&')], name='ip_assignment_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ipassignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(django.db.models.lookups.Exact(models.Func(models.F('address'), function='masklen', output_field=models.IntegerField()), 32), django.db.models.lookups.Exact(models.Func(models.F('address'), function='family', output_field=models.IntegerField()), 4), ('kind', 'STATIC')), models.Q(django.db.models.lookups.Exact(models.Func(models.F('address'), function='masklen', output_field=models.IntegerField()), 128), django.db.models.lookups.Exact(models.Func(models.F('address'), function='family', output_field=models.IntegerField()), 6), ('kind', 'STATIC')), models.Q(django.db.models.lookups.LessThanOrEqual(models.Func(models.F('address'), function='masklen', output_field=models.IntegerField()), 64), django.db.models.lookups.Exact(models.Func(models.F('address'), function='family', output_field=models.IntegerField()), 6), ('kind', 'DELEGATED')), _connector='OR'), name='ip_assignment_is_an_address_or_a_prefix_of_ipv6'),
        ),
        migrations.AddConstraint(
            model_name='ippool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'DELEGATED'), _negated=True), models.Q(django.db.models.lookups.Exact(models.Func(models.F('cidr'), function='family', output_field=models.IntegerField()), 6), django.db.models.lookups.LessThanOrEqual(models.Func(models.F('cidr'), function='masklen', output_field=models.IntegerField()), models.F('delegated_length')), ('delegated_length__lte', 64), ('gateway__isnull', True)), _connector='OR'), name='ip_pool_has_the_prefixes_it_delegates'),
        ),
        Install("network", "5a5bd7cac9c90334"),
    ]
