from django.conf import settings
from django.db import models


class Postponement(models.Model):
    """An item of the inbox that one person has put off until a moment; for others it still waits.

    `kind` is that of its source, `item_id` the id of its row there. It decides nothing.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=30)
    item_id = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="postponement_once", fields=["user", "kind", "item_id"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"
