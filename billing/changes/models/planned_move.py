from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Subscription, Suspension


class PlannedMove(models.Model):
    """A suspension or the end of a service, set for a day to come; a job carries it out.

    `span` are the days without the service: of a pause `[first day, first day back)`, of a
    termination from its first day on for ever. Two planned spans of one service never overlap.
    """

    class Kind(models.TextChoices):
        SUSPENSION = "SUSPENSION", _("Suspension")
        TERMINATION = "TERMINATION", _("Termination")

    class Status(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        FAILED = "FAILED", _("Failed")

    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="planned_moves"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    suspension_kind = models.CharField(max_length=16, choices=Suspension.Kind.choices, blank=True)
    is_billed = models.BooleanField(default=False)
    span = DateRangeField()
    # Of a termination: what becomes of the deposit on that day; "" = it stays held.
    deposit = models.CharField(
        max_length=6, blank=True, choices=[("CREDIT", _("Used, the rest kept as credit"))]
    )
    cause = models.CharField(max_length=12, default="NOTICE")  # of a termination: exit_fee.Cause
    left_because = models.CharField(
        max_length=11, blank=True, choices=Subscription.Leaving.choices, default="", db_default=""
    )
    reason = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    outcome = models.CharField(max_length=300, blank=True)
    suspension = models.ForeignKey(
        Suspension, null=True, on_delete=models.PROTECT, related_name="+"
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    planned_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="planned_moves_never_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["PLANNED", "RUNNING"]),
            ),
            models.CheckConstraint(
                name="planned_move_has_a_first_day",
                condition=Q(span__isempty=False, span__startswith__isnull=False),
            ),
            models.CheckConstraint(
                name="planned_suspension_names_its_kind",
                condition=~Q(kind="SUSPENSION") | ~Q(suspension_kind=""),
            ),
            models.CheckConstraint(
                name="planned_deposit_of_an_end",
                condition=Q(deposit="") | Q(deposit="CREDIT", kind="TERMINATION"),
            ),
        ]
        indexes = [
            models.Index(
                name="planned_move_waiting",
                fields=["status", "subscription"],
                condition=Q(status__in=["PLANNED", "RUNNING"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subscription_id}"

    @property
    def is_waiting(self) -> bool:
        """Tell whether it can still be dropped."""
        return self.status == self.Status.PLANNED

    @property
    def is_dropped(self) -> bool:
        return self.status == self.Status.WITHDRAWN
