
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0013_rehearsals'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrintPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part_no', models.PositiveSmallIntegerField()),
                ('invoice_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('first_number', models.CharField(max_length=20)),
                ('last_number', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('REQUESTED', 'Being prepared'), ('READY', 'Ready'), ('FAILED', 'Failed')], default='REQUESTED', max_length=10)),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('input_hash', models.CharField(blank=True, max_length=64)),
                ('path', models.CharField(blank=True, max_length=160)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size_bytes', models.PositiveIntegerField(default=0)),
                ('requested_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='print_parts', to='billing.billingrun')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'REQUESTED')), fields=['requested_at'], name='print_part_requested')],
                'constraints': [models.UniqueConstraint(fields=('run', 'part_no'), name='print_part_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'READY'), _negated=True), models.Q(('path', ''), _negated=True), _connector='OR'), name='print_part_ready_has_file')],
            },
        ),
    ]
