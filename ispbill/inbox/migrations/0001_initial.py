import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('fact', models.CharField(max_length=60)),
                ('about', models.CharField(max_length=40)),
                ('url', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('behind', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='others', to='inbox.notice')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['user', 'at'], name='notice_waits'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['url'], name='notice_of_page'), models.Index(condition=models.Q(('behind__isnull', False)), fields=['behind'], name='notice_behind')],
                'constraints': [models.UniqueConstraint(fields=('user', 'fact'), name='notice_once_a_fact'), models.CheckConstraint(condition=models.Q(('behind__isnull', True), models.Q(('behind', models.F('id')), _negated=True), _connector='OR'), name='notice_not_behind_itself')],
            },
        ),
        migrations.CreateModel(
            name='Postponement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('item_id', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'item_id'), name='postponement_once')],
            },
        ),
    ]
