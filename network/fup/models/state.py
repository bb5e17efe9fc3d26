from django.db import models
from django.utils.translation import gettext_lazy as _


class FupState(models.Model):
    """How far a service has come towards a threshold in the present window.

    `told_percent` is the highest level the customer was told of in this window; `is_lifted`: staff
    took the slow-down away until its end.
    """

    class Level(models.TextChoices):
        OK = "OK", _("Below the warnings")
        WARNED = "WARNED", _("Warned")
        REACHED = "REACHED", _("Reached")

    rule = models.ForeignKey("network.FupRule", on_delete=models.CASCADE, related_name="states")
    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="fup_states"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    window_start = models.DateField()
    window_end = models.DateField()  # the day after its last
    used_bytes = models.BigIntegerField(default=0)
    told_percent = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.OK)
    reached_at = models.DateTimeField(null=True)
    applied_profile = models.CharField(max_length=60, blank=True)  # what we slowed the line to
    is_lifted = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fup_state_once", fields=["rule", "subscription"])
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.level}"
