"""What NetCash has said of an account number, and whether a dispute was dealt with."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0014_never_removed'),
        ('payments', '0023_taken_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='debitorder',
            name='settled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paymentmethod',
            name='check_state',
            field=models.CharField(blank=True, choices=[('', 'Not checked'), ('WAITING', 'Will be checked'), ('GOOD', 'Number checked'), ('WRONG', 'Number refused')], max_length=7),
        ),
        migrations.AddField(
            model_name='paymentmethod',
            name='check_words',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name='debitorder',
            constraint=models.CheckConstraint(condition=models.Q(('settled_at__isnull', True), ('state', 'DISPUTED'), _connector='OR'), name='debit_order_settled_was_disputed'),
        ),
    ]
