"""Forms of live gateways' answers, and since when an account is live."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0032_portal_sees_what_is_under_way'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatewayaccount',
            name='went_live_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='GatewayAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.CharField(max_length=40)),
                ('status', models.PositiveSmallIntegerField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('shape', models.JSONField()),
                ('news', models.JSONField(default=list)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('times', models.PositiveIntegerField(default=1)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='payments.gatewayaccount')),
            ],
            options={
                'indexes': [models.Index(fields=['last_at'], name='gateway_answer_last')],
                'constraints': [models.UniqueConstraint(fields=('account', 'operation', 'fingerprint'), name='gateway_answer_once')],
            },
        ),
    ]
