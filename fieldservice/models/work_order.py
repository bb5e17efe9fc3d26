import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Subscription


class WorkOrder(models.Model):
    """One piece of work at a customer's address; each attempt at it is a `Visit`.

    Screens call it a job. What is to be checked is copied at creation, so that a later change of
    the checklist does not change what was asked of the technician.
    """

    class Kind(models.TextChoices):
        INSTALLATION = "INSTALLATION", _("Installation")
        REPAIR = "REPAIR", _("Repair")
        MAINTENANCE = "MAINTENANCE", _("Maintenance")
        DISCONNECTION = "DISCONNECTION", _("Disconnection")
        SURVEY = "SURVEY", _("Survey")
        RELOCATION = "RELOCATION", _("Moving house")

    class State(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        ASSIGNED = "ASSIGNED", _("Assigned")
        EN_ROUTE = "EN_ROUTE", _("On the way")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        COMPLETED = "COMPLETED", _("Completed")
        FAILED = "FAILED", _("Could not be done")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Priority(models.IntegerChoices):
        URGENT = 0, _("Urgent")
        HIGH = 1, _("High")
        NORMAL = 2, _("Normal")
        LOW = 3, _("Low")

    class Effect(models.TextChoices):
        NONE = "NONE", _("Nothing to carry out")
        WAITING = "WAITING", _("Still to be carried out")
        DONE = "DONE", _("Carried out")

    number = models.CharField(max_length=20)  # WO-2026-00007
    kind = models.CharField(max_length=13, choices=Kind.choices)
    state = models.CharField(max_length=11, choices=State.choices, default=State.PENDING)
    version = models.PositiveIntegerField(default=1)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="work_orders"
    )
    subscription = models.ForeignKey(
        "customers.Subscription",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="work_orders",
    )
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, blank=True)  # what it came from, in words
    address = models.CharField(max_length=240)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    instructions = models.TextField(blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Everybody it was ever given to: what their phones still send belongs to it.
    technician_ids = ArrayField(models.BigIntegerField(), default=list)
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)
    planned_minutes = models.PositiveSmallIntegerField()
    checklist = models.JSONField(default=list)  # items of rules.checklists, copied
    with_fee = models.BooleanField(default=True)  # a disconnection: charge the early end
    left_because = models.CharField(
        max_length=11, blank=True, choices=Subscription.Leaving.choices, default="", db_default=""
    )  # a disconnection: why the customer goes
    # Moving house: the router of the new address, and what it costs once (net, as it was then).
    router = models.ForeignKey(
        "network.Router", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    fee = models.ForeignKey(
        "customers.Fee", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    effect_state = models.CharField(max_length=7, choices=Effect.choices, default=Effect.NONE)
    effect_note = models.TextField(blank=True)  # why it waits
    link_seed = models.UUIDField(default=uuid.uuid4, editable=False)
    link_digest = models.CharField(max_length=64)  # SHA-256 of the word in /job/<word>
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # the customer knows of the window
    customer_moves = models.PositiveSmallIntegerField(default=0)  # how often they chose a window
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="work_order_number_once", fields=["number"]),
            models.UniqueConstraint(name="work_order_link_once", fields=["link_digest"]),
            models.UniqueConstraint(
                name="work_order_one_open_a_service_and_kind",
                fields=["subscription", "kind"],
                condition=Q(state__in=["PENDING", "ASSIGNED", "EN_ROUTE", "IN_PROGRESS", "FAILED"]),
            ),
            models.CheckConstraint(
                name="work_order_window_is_whole",
                condition=Q(window_start__isnull=True, window_end__isnull=True)
                | Q(window_end__gt=F("window_start")),
            ),
            models.CheckConstraint(
                name="work_order_sent_out_is_assigned",
                condition=~Q(state__in=["ASSIGNED", "EN_ROUTE", "IN_PROGRESS"])
                | Q(technician__isnull=False, window_start__isnull=False),
            ),
            models.CheckConstraint(
                name="work_order_end_has_moment",
                condition=~Q(state__in=["COMPLETED", "CANCELLED"]) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="work_order_fee_is_of_moving",
                condition=Q(fee__isnull=True, fee_amount=0)
                | Q(kind="RELOCATION", fee__isnull=False, fee_amount__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                name="work_order_of_technician",
                fields=["technician", "window_start"],
                condition=Q(state__in=["ASSIGNED", "EN_ROUTE", "IN_PROGRESS"]),
            ),
            models.Index(name="work_order_board", fields=["branch", "state", "window_start"]),
            models.Index(name="work_order_of_service", fields=["subscription", "id"]),
            models.Index(name="work_order_of_customer", fields=["customer", "-id"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can happen; more work is a new order."""
        return self.state in {self.State.COMPLETED, self.State.CANCELLED}
