from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FigureRestatement(models.Model):
    """A figure of a month that was complete says something else since: what it said, what it says.

    Written when figures are built (`reports.services.restating`). Papers that were sent stay.
    """

    class Cause(models.TextChoices):
        LATE_BOOKING = "LATE_BOOKING", _("Booked late")
        SERVICE_CHANGED = "SERVICE_CHANGED", _("A service was changed for days gone by")
        BUILT_ANEW = "BUILT_ANEW", _("Built anew")

    month = models.DateField()  # its first day
    # Null is what belongs to none.
    branch = models.ForeignKey(
        "accounts.Branch", null=True, on_delete=models.PROTECT, related_name="+"
    )
    figure = models.CharField(max_length=20)  # `queries.definitions.FIGURES`
    before = models.DecimalField(max_digits=16, decimal_places=2)
    after = models.DecimalField(max_digits=16, decimal_places=2)
    cause = models.CharField(max_length=15, choices=Cause.choices)
    # The first of what was booked late; null where it is no booking.
    entry = models.ForeignKey(
        "billing.JournalEntry", null=True, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="restatement_changes_something", condition=~Q(before=F("after"))
            )
        ]
        indexes = [models.Index(name="restatement_months", fields=["month", "branch"])]

    def __str__(self) -> str:
        return f"{self.figure} {self.month:%Y-%m}"
