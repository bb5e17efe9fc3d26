from django.db import models
from django.db.models import Q

from ispbill.core.models.made_file import MadeFile


class Document(MadeFile):
    """A PDF made by a worker, kept under the hash of what it shows.

    The file is made again only when `input_hash` changes, that is when what the document shows has
    changed.
    """

    kind = models.CharField(max_length=20)  # INVOICE, RECEIPT, STATEMENT
    source_id = models.BigIntegerField()
    variant = models.CharField(max_length=40, blank=True)  # A4, 80MM, or a date range
    language = models.CharField(max_length=5)
    # None: a paper of the house, such as a closed cash day; the portal never sees it.
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="+"
    )
    input_hash = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)

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
