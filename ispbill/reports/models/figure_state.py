from django.db import models


class FigureState(models.Model):
    """How far the figures are built: one row. Days after `built_until` are reckoned live."""

    built_until = models.DateField()  # the last complete company date in the tables
    built_at = models.DateTimeField()
    # What had been seen by then, so that the next building looks at later rows alone.
    last_version_id = models.BigIntegerField()
    last_subscription_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="figure_state_is_one_row", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return f"built until {self.built_until}"
