from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutageCrediting(models.Model):
    """Whether an outage is given credit for: asked once, decided by a person or by itself.

    `services` and `net_amount` are what the proposal came to, then what was given.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        ORDERED = "ORDERED", _("Being credited")
        DONE = "DONE", _("Credited")
        DROPPED = "DROPPED", _("No credit")

    outage = models.OneToOneField("network.Outage", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices)
    services = models.PositiveIntegerField(default=0)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outage_crediting_dropped_for_a_reason",
                condition=~Q(state="DROPPED") | ~Q(reason=""),
            )
        ]
        indexes = [
            models.Index(
                name="outage_crediting_waits",
                fields=["made_at"],
                condition=Q(state__in=["PROPOSED", "ORDERED"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.state}"


class OutageCredit(models.Model):
    """Minutes of a service that were given back by a credit note; no minute is given twice."""

    outage = models.ForeignKey("network.Outage", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    span = DateTimeRangeField()
    minutes = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.ForeignKey(
        "billing.CreditNote", on_delete=models.PROTECT, related_name="outage_credits"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="outage_minutes_credited_once",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="outage_credit_is_not_nothing", condition=Q(minutes__gt=0, net_amount__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.minutes} min"
