from django.db import models


class Restoration(models.Model):
    """This database was restored from a copy; until it is released, nothing goes out.

    `steps` holds what came of each step of `restore reconcile`: when, by whom, what was found.
    """

    backup = models.CharField(max_length=120)  # name of the file
    taken_at = models.DateTimeField()  # the copy's snapshot, real time
    restored_at = models.DateTimeField()  # real time
    facts = models.JSONField(default=list)  # differences of the facts right after, before migrating
    steps = models.JSONField(default=dict)
    released_at = models.DateTimeField(null=True)  # real time

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="restoration_one_at_a_time",
                fields=["released_at"],
                condition=models.Q(released_at=None),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.backup}, restored at {self.restored_at}"
