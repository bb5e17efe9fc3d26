from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FieldFlag(models.Model):
    """Something of the field that has waited too long, found by a job; it stops nothing.

    It goes by itself once it is cured, or when somebody says that they have looked into it.
    """

    class Kind(models.TextChoices):
        WAITING_ACT = "WAITING_ACT", _("An act waits for an earlier one")
        MISSING_RECEIPT = "MISSING_RECEIPT", _("A receipt number is missing")
        EQUIPMENT_OUT = "EQUIPMENT_OUT", _("Equipment has not come back")

    kind = models.CharField(max_length=15, choices=Kind.choices)
    key = models.CharField(max_length=60)  # what it is about: an act, a receipt's number, a piece
    branch = models.ForeignKey(
        "accounts.Branch", null=True, on_delete=models.PROTECT, related_name="+"
    )
    what = models.CharField(max_length=120)  # the job, the collector, the customer, in words
    number = models.CharField(max_length=20, blank=True)  # of the job or customer, for the link
    since = models.DateTimeField()  # since when it waits
    found_at = models.DateTimeField()
    cured_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="field_flag_once", fields=["kind", "key"], condition=Q(cured_at__isnull=True)
            ),
            models.CheckConstraint(
                name="field_flag_seen_says_why", condition=Q(seen_at__isnull=True) | ~Q(decision="")
            ),
        ]
        indexes = [
            models.Index(
                name="field_flag_open",
                fields=["since"],
                condition=Q(cured_at__isnull=True, seen_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
