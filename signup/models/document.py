from django.db import models
from django.utils.translation import gettext_lazy as _

from ispbill.core.sealed_files import SealedPath


class OrderDocument(models.Model):
    """A paper somebody sent with an order: judged by its content, written anew, sealed.

    `path` is blank once the file is removed; that there was one stays.
    """

    class Kind(models.TextChoices):
        NATIONAL_ID = "NATIONAL_ID", _("National id")
        ADDRESS = "ADDRESS", _("Proof of address")
        OTHER = "OTHER", _("Other")

    order = models.ForeignKey("signup.Order", on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    path = SealedPath(max_length=160, blank=True)
    media_type = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="order_document_once", fields=["order", "sha256"]),
            models.CheckConstraint(
                name="order_document_is_there_until_removed",
                condition=models.Q(removed_at__isnull=True) & ~models.Q(path="")
                | models.Q(removed_at__isnull=False, path=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"
