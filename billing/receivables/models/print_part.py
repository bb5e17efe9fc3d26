from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ispbill.core.models.made_file import MadeFile


class PrintPart(MadeFile):
    """A part of all invoices of a billing run in one file, to be printed and carried round.

    The worker says how far it is. The file is made again only when something an invoice shows has
    changed (`input_hash`).
    """

    run = models.ForeignKey(
        "billing.BillingRun", on_delete=models.PROTECT, related_name="print_parts"
    )
    part_no = models.PositiveSmallIntegerField()
    invoice_ids = ArrayField(models.BigIntegerField())  # in the order they are printed
    first_number = models.CharField(max_length=20)
    last_number = models.CharField(max_length=20)
    done_count = models.PositiveIntegerField(default=0)
    input_hash = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="print_part_once", fields=["run", "part_no"]),
            models.CheckConstraint(
                name="print_part_ready_has_file", condition=~Q(state="READY") | ~Q(path="")
            ),
        ]
        indexes = [
            models.Index(
                name="print_part_requested", fields=["requested_at"], condition=Q(state="REQUESTED")
            )
        ]

    def __str__(self) -> str:
        return f"part {self.part_no} of run {self.run_id}"

    @property
    def invoice_count(self) -> int:
        return len(self.invoice_ids)
