from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models.policy import Priority
from tickets.rules import moves


class Ticket(models.Model):
    """Something a customer wants answered: who has it, how far it is, and by when.

    The portal reads its own customers' rows, and of them only the columns of
    `guards/table_ticket.sql`. `next_due_at` and `next_warn_at` follow the running clocks.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        WAITING_CUSTOMER = "WAITING_CUSTOMER", _("Waiting for customer")
        RESOLVED = "RESOLVED", _("Resolved")
        REOPENED = "REOPENED", _("Reopened")
        CLOSED = "CLOSED", _("Closed")

    class Channel(models.TextChoices):
        PORTAL = "PORTAL", _("Portal")
        RESELLER = "RESELLER", _("Reseller")
        PHONE = "PHONE", _("Phone")
        COUNTER = "COUNTER", _("Counter")
        STAFF = "STAFF", _("Staff")
        EMAIL = "EMAIL", _("E-mail")

    class Cause(models.TextChoices):
        FIXED = "FIXED", _("Fixed by us")
        EQUIPMENT = "EQUIPMENT", _("Equipment at the customer's")
        PAYMENT = "PAYMENT", _("Bill or payment")
        EXPLAINED = "EXPLAINED", _("Explained")
        NOT_OURS = "NOT_OURS", _("Not ours")
        OUTAGE = "OUTAGE", _("Outage")
        NO_ANSWER = "NO_ANSWER", _("No answer")
        CUSTOMER = "CUSTOMER", _("Works again, said the customer")
        MERGED = "MERGED", _("Merged")
        SPAM = "SPAM", _("Spam")

    Priority = Priority

    number = models.CharField(max_length=20)  # TK-2026-00012
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    subscription = models.ForeignKey(
        "customers.Subscription",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    area = models.ForeignKey(
        "customers.Area", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=160)
    category = models.ForeignKey("tickets.Category", on_delete=models.PROTECT, related_name="+")
    priority = models.CharField(max_length=8, choices=Priority.choices, default=Priority.NORMAL)
    customer_class = models.CharField(max_length=12, choices=Customer.Kind.choices)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    team = models.ForeignKey(
        "tickets.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    waiting_since = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # of the present waiting
    unanswered_since = models.DateTimeField(null=True)  # oldest customer's word without a reply
    last_public_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    closed_at = models.DateTimeField(null=True)
    times_reopened = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    follows = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    # Plain number here: outages are written by a floor that need not know tickets.
    outage_id = models.BigIntegerField(null=True, blank=True)
    speed_test = models.ForeignKey(
        "network.SpeedTest", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    next_due_at = models.DateTimeField(null=True)
    next_warn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ticket_number_once", fields=["number"]),
            models.CheckConstraint(
                name="ticket_resolved_for_a_cause",
                condition=~Q(state="RESOLVED") | (Q(resolved_at__isnull=False) & ~Q(cause="")),
            ),
            models.CheckConstraint(
                name="ticket_waits_since_a_moment",
                condition=Q(state="WAITING_CUSTOMER", waiting_since__isnull=False)
                | (~Q(state="WAITING_CUSTOMER") & Q(waiting_since__isnull=True)),
            ),
            models.CheckConstraint(
                name="ticket_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
            ),
        ]
        indexes = [
            models.Index(name="ticket_of_customer", fields=["customer", "-id"]),
            models.Index(
                name="ticket_queue",
                fields=["team", "next_due_at", "id"],
                condition=Q(state__in=moves.LIVE),
            ),
            models.Index(
                name="ticket_live", fields=["next_due_at", "id"], condition=Q(state__in=moves.LIVE)
            ),
            models.Index(
                name="ticket_mine",
                fields=["assignee", "next_due_at"],
                condition=Q(state__in=moves.LIVE),
            ),
            models.Index(
                name="ticket_to_close", fields=["resolved_at"], condition=Q(state="RESOLVED")
            ),
            models.Index(
                name="ticket_waiting",
                fields=["waiting_since"],
                condition=Q(state="WAITING_CUSTOMER"),
            ),
            models.Index(
                name="ticket_of_outage", fields=["outage_id"], condition=Q(outage_id__isnull=False)
            ),
            GinIndex(name="ticket_tags", fields=["tags"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_live(self) -> bool:
        return self.state in moves.LIVE

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING_CUSTOMER

    @property
    def is_resolved(self) -> bool:
        return self.state == self.State.RESOLVED

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED
