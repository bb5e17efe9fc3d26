from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PrintPart(models.Model):
    """A part of all invoices of a billing run in one file, to be printed and carried round.

    A request is a row; a worker makes the file and says how far it is. It is made again only when
    something an invoice shows has changed (`input_hash`).
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("Being prepared")
        READY = "READY", _("Ready")
        FAILED = "FAILED", _("Failed")

    run = models.ForeignKey(
        "billing.BillingRun", on_delete=models.PROTECT, related_name="print_parts"
    )
    part_no = models.PositiveSmallIntegerField()
    invoice_ids = ArrayField(models.BigIntegerField())  # in the order they are printed
    first_number = models.CharField(max_length=20)
    last_number = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    done_count = models.PositiveIntegerField(default=0)
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
            models.UniqueConstraint(name="print_part_once", fields=["run", "part_no"]),
            models.CheckConstraint(
                name="print_part_ready_has_file", condition=~Q(state="READY") | ~Q(path="")
            ),
        ]
        indexes = [
            models.Index(
                name="print_part_requested",
                fields=["requested_at"],
                condition=Q(state="REQUESTED"),
            )
        ]

    def __str__(self) -> str:
        return f"part {self.part_no} of run {self.run_id}"

    @property
    def invoice_count(self) -> int:
        return len(self.invoice_ids)

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED
