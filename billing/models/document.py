from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Document(models.Model):
    """A PDF made by a worker, kept under the hash of what it shows.

    A request is a row; the worker is only rung. The file is made again only when `input_hash`
    changes, that is when what the document shows has changed.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Being prepared")
        READY = "READY", _("Ready")
        FAILED = "FAILED", _("Failed")

    kind = models.CharField(max_length=20)  # INVOICE, RECEIPT, STATEMENT
    source_id = models.BigIntegerField()
    variant = models.CharField(max_length=40, blank=True)  # A4, 80MM, or a date range
    language = models.CharField(max_length=5)
    # None: a paper of the house, such as a closed cash day; the portal never sees it.
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    input_hash = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=160, blank=True)  # below MEDIA_ROOT
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="document_once", fields=["kind", "source_id", "variant", "language"]
            ),
            models.CheckConstraint(
                name="document_ready_has_file", condition=~Q(state="READY") | ~Q(path="")
            ),
        ]
        indexes = [
            models.Index(
                name="document_requested", fields=["requested_at"], condition=Q(state="REQUESTED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} {self.language}"
