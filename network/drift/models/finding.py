from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DriftFinding(models.Model):
    """One thing that differed on a router: since when, what was decided, and when it was over.

    An ignored one stays so until the router's row changes. A finding that is over is never used
    again: the same difference next month is a new one.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        FIXED = "FIXED", _("Put right")
        ADOPTED = "ADOPTED", _("Adopted")
        REMOVED = "REMOVED", _("Removed")
        IGNORED = "IGNORED", _("Ignored")
        GONE = "GONE", _("Gone by itself")

    router = models.ForeignKey(
        "network.Router", on_delete=models.CASCADE, related_name="drift_findings"
    )
    line = models.ForeignKey(
        "network.Access", null=True, on_delete=models.SET_NULL, related_name="drift_findings"
    )
    kind = models.CharField(max_length=30)  # network.services.differences.Kind
    menu = models.CharField(max_length=40, blank=True, default="")  # of the router; "": PPP
    name = models.CharField(max_length=120)
    wanted = models.CharField(max_length=300, blank=True)
    actual = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    # What somebody asked for: FIXED, ADOPTED or REMOVED, until the router shows it.
    asked = models.CharField(max_length=7, choices=State.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="drift_finding_open_once",
                fields=["router", "kind", "menu", "name"],
                condition=Q(state__in=["OPEN", "IGNORED"]),
            ),
            models.CheckConstraint(
                name="drift_finding_is_over_or_not",
                condition=Q(state__in=["OPEN", "IGNORED"], over_at=None)
                | Q(state__in=["FIXED", "ADOPTED", "REMOVED", "GONE"], over_at__isnull=False),
            ),
            models.CheckConstraint(
                name="drift_finding_decided_for_a_reason",
                condition=~Q(state__in=["IGNORED", "ADOPTED", "REMOVED"]) | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(name="drift_finding_latest", fields=["router", "-last_seen_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
