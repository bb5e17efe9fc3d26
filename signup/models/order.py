import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signup.rules import lifecycle

_ACCEPTED = [*lifecycle.UNDER_WAY, lifecycle.ACTIVE]


class Order(models.Model):
    """A connection somebody asked for, from the first answer to the first bill.

    A draft becomes an order, with its number, once its phone is proven. Its page (`/signup/<word>`)
    is found by the hash of a word nobody can guess. Moves: `signup/guards/keep_order_moves.sql`.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        WAITING = "WAITING", _("Waiting list")
        SUBMITTED = "SUBMITTED", _("Submitted")
        SURVEY = "SURVEY", _("Survey")
        ACCEPTED = "ACCEPTED", _("Accepted")
        SCHEDULED = "SCHEDULED", _("Scheduled")
        INSTALLED = "INSTALLED", _("Installed")
        ACTIVE = "ACTIVE", _("Active")
        REJECTED = "REJECTED", _("Rejected")
        CANCELLED = "CANCELLED", _("Cancelled")

    number = models.CharField(max_length=20, blank=True)  # blank while a draft
    link_seed = models.UUIDField(default=uuid.uuid4)
    link_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=240, blank=True)
    language = models.CharField(max_length=5, default="en")
    # None: the pin lies near no area's centre, staff have to look.
    area = models.ForeignKey(
        "customers.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    package = models.ForeignKey(
        "customers.Package", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    billing_day = models.PositiveSmallIntegerField(default=1)
    # What the package cost a month, tax included, on the day it was asked for; held so long.
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    priced_on = models.DateField(null=True, blank=True)
    price_until = models.DateField(null=True, blank=True)
    referral_code = models.CharField(max_length=8, blank=True)
    # Whose link brought them; the customer becomes this reseller's if it may have customers there.
    reseller = models.ForeignKey(
        "resellers.Reseller",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    lead = models.ForeignKey(
        "customers.Lead", null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    subscription = models.ForeignKey(
        "customers.Subscription", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    work_order = models.ForeignKey(
        "fieldservice.WorkOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)  # from the waiting list, once
    ended_at = models.DateTimeField(null=True, blank=True)  # active, rejected or cancelled
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="order_link_once", fields=["link_digest"]),
            models.UniqueConstraint(
                name="order_number_once", fields=["number"], condition=~Q(number="")
            ),
            models.UniqueConstraint(
                name="order_open_once_a_phone",
                fields=["phone"],
                condition=Q(state__in=lifecycle.OPEN),
            ),
            models.CheckConstraint(
                name="order_is_numbered_once_it_is_none_of_drafts",
                condition=Q(state="DRAFT", number="", submitted_at__isnull=True)
                | ~Q(state="DRAFT") & ~Q(number="") & Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_accepted_has_customer_service_and_job",
                condition=~Q(state__in=_ACCEPTED)
                | Q(customer__isnull=False, subscription__isnull=False, work_order__isnull=False),
            ),
            models.CheckConstraint(
                name="order_over_has_moment",
                condition=Q(state__in=["ACTIVE", "REJECTED", "CANCELLED"], ended_at__isnull=False)
                | ~Q(state__in=["ACTIVE", "REJECTED", "CANCELLED"]) & Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="order_given_up_says_why",
                condition=~Q(state__in=["REJECTED", "CANCELLED"]) | ~Q(ended_reason=""),
            ),
            models.CheckConstraint(
                name="order_point_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
            ),
            models.CheckConstraint(
                name="order_billing_day_exists",
                condition=Q(billing_day__gte=1, billing_day__lte=31),
            ),
        ]
        indexes = [
            models.Index(name="order_by_state", fields=["state", "-submitted_at"]),
            models.Index(name="order_of_service", fields=["subscription"]),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state in lifecycle.OPEN
