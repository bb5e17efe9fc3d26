from django.db import models
from django.db.models import F, Q


class FieldFile(models.Model):
    """A photo that a phone announced with its act and sends in parts; what came stays.

    The parts lie in one file below MEDIA_ROOT until the last one has come and the sum is right.
    """

    action = models.OneToOneField(
        "fieldservice.FieldAction", on_delete=models.PROTECT, related_name="announced"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_bytes = models.PositiveIntegerField(default=0)
    announced_at = models.DateTimeField()
    complete_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)  # the office does without it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="field_file_is_not_longer_than_announced",
                condition=Q(received_bytes__lte=F("size_bytes")),
            ),
            models.CheckConstraint(
                name="field_file_complete_is_whole",
                condition=Q(complete_at__isnull=True) | Q(received_bytes=F("size_bytes")),
            ),
        ]
        indexes = [
            models.Index(
                name="field_file_missing",
                fields=["announced_at"],
                condition=Q(complete_at__isnull=True, given_up_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.received_bytes} of {self.size_bytes}"
