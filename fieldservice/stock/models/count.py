from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StockCount(models.Model):
    """What somebody counted at a place without seeing the books, and what another made of it.

    `lines` holds {item, name, expected, counted, missing, unknown}: quantities as text, serials as
    lists; expected is the balance at the moment of the count.
    """

    class State(models.TextChoices):
        RIGHT = "RIGHT", _("Nothing differs")
        WAITING = "WAITING", _("Waits for approval")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Refused")

    place = models.ForeignKey("fieldservice.StockPlace", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices)
    lines = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    counted_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="stock_count_one_waits", fields=["place"], condition=Q(state="WAITING")
            ),
            models.CheckConstraint(
                name="stock_count_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("counted_by")),
            ),
            models.CheckConstraint(
                name="stock_count_decided_has_moment",
                condition=Q(state__in=["RIGHT", "WAITING"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.counted_at:%Y-%m-%d}"
