from django.db import models
from django.utils.translation import gettext_lazy as _


class UsageAlert(models.Model):
    """Something odd about a line's usage on a day. It decides nothing; a person looks."""

    class Kind(models.TextChoices):
        REFUSED = "REFUSED", _("Counter jumped: not counted")
        FASTER = "FASTER", _("Faster than sold")
        HEAVY = "HEAVY", _("Heavy user")
        JUMP = "JUMP", _("Sudden jump")

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        WATCHED = "WATCHED", _("Watched")
        DISMISSED = "DISMISSED", _("Dismissed")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()
    detail = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    reason = models.TextField(blank=True)
    silent_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="usage_alert_once_a_day", fields=["subscription", "kind", "on"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subscription_id} {self.on}"
