from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.tills.models.shift import Shift, person_column


class Handover(models.Model):
    """Cash that passes from one shift to another; both people sign, and it is never changed."""

    class State(models.TextChoices):
        OFFERED = "OFFERED", _("Waiting to be counted")
        ACCEPTED = "ACCEPTED", _("Accepted")
        REFUSED = "REFUSED", _("Refused")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    from_shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="handed_over")
    to_person = person_column()
    to_shift = models.ForeignKey(
        Shift, null=True, on_delete=models.PROTECT, related_name="received_from"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.OFFERED)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    counted_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    note = models.CharField(max_length=200, blank=True)
    offered_at = models.DateTimeField()
    offered_by = person_column()
    decided_at = models.DateTimeField(null=True)
    decided_by = person_column(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="handover_one_waiting", fields=["from_shift"], condition=Q(state="OFFERED")
            ),
            models.CheckConstraint(name="handover_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="handover_decided_once",
                condition=Q(state="OFFERED", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=["ACCEPTED", "REFUSED", "WITHDRAWN"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="handover_accepted_as_counted",
                condition=Q(state="ACCEPTED", to_shift__isnull=False, counted_amount=F("amount"))
                | (~Q(state="ACCEPTED") & Q(to_shift__isnull=True)),
            ),
            models.CheckConstraint(
                name="handover_signed_by_two",
                condition=~Q(state="ACCEPTED") | ~Q(decided_by=F("offered_by")),
            ),
            models.CheckConstraint(
                name="handover_between_two_shifts",
                condition=Q(to_shift__isnull=True) | ~Q(to_shift=F("from_shift")),
            ),
        ]
        indexes = [
            models.Index(
                name="handover_waiting", fields=["to_person"], condition=Q(state="OFFERED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.from_shift_id}"
