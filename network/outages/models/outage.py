from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network.outages.rules import moves


class Outage(models.Model):
    """A disturbance of part of the network, or works that are announced (`is_planned`).

    `started_at` to `restored_at` is the whole of it; each place has its own span (`OutageScope`).
    DEGRADED takes no downtime, gives no credit and pauses nothing. `expected_at` is the end we
    hope for, of works the planned one. A branch manager sees those of the own branch and of none.
    """

    class State(models.TextChoices):
        PROPOSED = moves.PROPOSED, _("Proposed")
        INVESTIGATING = moves.INVESTIGATING, _("Investigating")
        IDENTIFIED = moves.IDENTIFIED, _("Identified")
        MONITORING = moves.MONITORING, _("Monitoring")
        RESOLVED = moves.RESOLVED, _("Resolved")
        CANCELLED = moves.CANCELLED, _("Cancelled")
        MERGED = moves.MERGED, _("Merged")
        SCHEDULED = moves.SCHEDULED, _("Scheduled")
        IN_PROGRESS = moves.IN_PROGRESS, _("In progress")
        COMPLETED = moves.COMPLETED, _("Completed")

    class Severity(models.TextChoices):
        DOWN = "DOWN", _("No connection")
        DEGRADED = "DEGRADED", _("Slow or unstable")

    class Cause(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("Not known yet")
        CABLE = "CABLE", _("Cable cut")
        POWER = "POWER", _("Power failure")
        EQUIPMENT = "EQUIPMENT", _("Faulty equipment")
        UPSTREAM = "UPSTREAM", _("Upstream provider")
        WORKS = "WORKS", _("Our own works")
        OTHER = "OTHER", _("Something else")

    number = models.CharField(max_length=20)  # OUT-2026-00012
    is_planned = models.BooleanField(default=False)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.DOWN)
    state = models.CharField(max_length=13, choices=State.choices)
    title = models.CharField(max_length=120)
    local_title = models.CharField(max_length=120, blank=True)
    cause = models.CharField(max_length=9, choices=Cause.choices, default=Cause.UNKNOWN)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True)
    restored_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)  # of works: when customers were first told
    proposed_for = models.ForeignKey(
        "network.Router", null=True, on_delete=models.CASCADE, related_name="+"
    )
    is_creditable = models.BooleanField(default=True)
    not_creditable_reason = models.TextField(blank=True)
    not_ours_reason = models.TextField(blank=True)  # left out of uptime when given
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    credited_at = models.DateTimeField(null=True)  # written by the floor that gives credit
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outage_number_once", fields=["number"]),
            models.UniqueConstraint(
                name="outage_proposed_once",
                fields=["proposed_for"],
                condition=Q(state=moves.PROPOSED),
            ),
            models.CheckConstraint(
                name="outage_state_fits_its_kind",
                condition=Q(is_planned=True, state__in=moves.OF_WORKS)
                | Q(is_planned=False, state__in=moves.OF_OUTAGES),
            ),
            models.CheckConstraint(
                name="outage_over_when_restored",
                condition=Q(state__in=moves.OVER, restored_at__gte=F("started_at"))
                | (~Q(state__in=moves.OVER) & Q(restored_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outage_merged_into_another",
                condition=(Q(state=moves.MERGED) & Q(merged_into__isnull=False))
                | (~Q(state=moves.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="outage_works_end_after_they_begin",
                condition=Q(is_planned=False) | Q(expected_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="outage_without_credit_has_reason",
                condition=Q(is_creditable=True) | ~Q(not_creditable_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                name="outage_open", fields=["started_at"], condition=Q(state__in=moves.SHOWN)
            ),
            models.Index(name="outage_latest", fields=["-started_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in moves.OPEN

    @property
    def is_announced(self) -> bool:
        """Works that have not begun yet."""
        return self.state == moves.SCHEDULED

    @property
    def is_over(self) -> bool:
        return self.state in moves.OVER

    @property
    def is_proposed(self) -> bool:
        return self.state == moves.PROPOSED


class OutageScope(models.Model):
    """A place an outage touches: an area with all below it, or a router, from when to when.

    An end is the all-clear of that place; None: as long as the outage lasts.
    """

    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="scopes")
    area = models.ForeignKey(
        "customers.Area", null=True, on_delete=models.PROTECT, related_name="+"
    )
    router = models.ForeignKey(
        "network.Router", null=True, on_delete=models.CASCADE, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outage_scope_area_once", fields=["outage", "area"]),
            models.UniqueConstraint(name="outage_scope_router_once", fields=["outage", "router"]),
            models.CheckConstraint(
                name="outage_scope_is_one_place",
                condition=Q(area__isnull=False, router__isnull=True)
                | Q(area__isnull=True, router__isnull=False),
            ),
            models.CheckConstraint(
                name="outage_scope_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outage_id}: area {self.area_id}, router {self.router_id}"


class OutageUpdate(models.Model):
    """What the public is told at a step, in both languages; never changed."""

    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=13, choices=Outage.State.choices)
    text = models.CharField(max_length=400)
    local_text = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(name="outage_update_latest", fields=["outage", "-id"])]

    def __str__(self) -> str:
        return self.text


class OutageTold(models.Model):
    """Who was told of an outage, by which channel: only they get updates' all-clear."""

    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="told")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10)
    recipient = models.CharField(max_length=254)
    told_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outage_told_once", fields=["outage", "channel", "recipient"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.channel}"
