from django.db import models


class RowVersion(models.Model):
    """What a row looked like until `valid_to`; written by trigger when it changes or goes.

    The state at a moment T is the version with the smallest `valid_to` after T, or else the row
    as it stands now. Inserting costs nothing, so bulk loads stay fast.
    """

    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    valid_to = models.DateTimeField()
    was_deleted = models.BooleanField(default=False)
    data = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(name="row_version_row", fields=["table", "row_id", "valid_to", "id"])
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id} until {self.valid_to:%Y-%m-%d %H:%M}"
