from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.rules.clocks import Hand


class TicketClock(models.Model):
    """One promise about a ticket and how much of its time is used, in business seconds."""

    class Kind(models.TextChoices):
        FIRST = "FIRST", _("First answer")
        NEXT = "NEXT", _("Next answer")
        RESOLUTION = "RESOLUTION", _("Resolution")

    class Outcome(models.TextChoices):
        MET = "MET", _("Met")
        BREACHED = "BREACHED", _("Breached")
        VOID = "VOID", _("Void")

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="clocks", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    cycle = models.PositiveSmallIntegerField(default=1)
    target_minutes = models.PositiveIntegerField()
    allowed_seconds = models.PositiveIntegerField()  # the target, or a floor granted since
    is_around_the_clock = models.BooleanField(default=False)
    used_seconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of a running or an ended clock
    warn_at = models.DateTimeField(null=True)  # three quarters used; of a running clock
    double_at = models.DateTimeField(null=True)  # twice its time used; of a running clock
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)  # the moment it was due, however late the job
    escalated_at = models.DateTimeField(null=True)  # twice the target
    told_breach_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    is_counted = models.BooleanField(default=True)  # in statistics; not what was met by itself

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ticket_clock_once", fields=["ticket", "kind", "cycle"]),
            models.CheckConstraint(
                name="ticket_clock_running_is_due",
                condition=Q(running_since__isnull=True) | Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_clock_stopped_has_an_outcome",
                condition=Q(stopped_at__isnull=True, outcome="")
                | (Q(stopped_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(
                name="ticket_clock_due", fields=["due_at"], condition=Q(running_since__isnull=False)
            ),
            models.Index(
                name="ticket_clock_warns",
                fields=["warn_at"],
                condition=Q(running_since__isnull=False, warned_at__isnull=True),
            ),
            models.Index(name="ticket_clock_stopped", fields=["stopped_at", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cycle} of {self.ticket_id}"

    @property
    def is_running(self) -> bool:
        return self.running_since is not None

    @property
    def is_over(self) -> bool:
        return self.stopped_at is not None

    @property
    def hand(self) -> Hand:
        """Where the clock stands, for the rules."""
        return Hand(self.allowed_seconds, self.used_seconds, self.running_since)
