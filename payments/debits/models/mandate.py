"""A customer's permission to collect from a bank account."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mandate(models.Model):
    """A customer's permission to collect from one of their bank accounts (NetCash eMandate).

    Asked for (PENDING), sent to the customer to sign (SENT), signed (ACCEPTED) and in use (ACTIVE).
    What a postback says is kept as a hint only; the mandate list of NetCash decides.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", _("Being requested")
        SENT = "SENT", _("Waiting for signature")
        ACCEPTED = "ACCEPTED", _("Signed")
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")
        CANCELLED = "CANCELLED", _("Cancelled")
        EXPIRED = "EXPIRED", _("Expired")
        DECLINED = "DECLINED", _("Declined")
        FAILED = "FAILED", _("Failed")

    class Need(models.TextChoices):
        """What has to happen before a suspended one is of use again."""

        NOTHING = "", _("Nothing")
        NEW_MANDATE = "NEW_MANDATE", _("A new mandate")
        NEW_BANK_DETAILS = "NEW_BANK_DETAILS", _("New bank details")
        STAFF = "STAFF", _("A decision by staff")

    class Frequency(models.TextChoices):
        MONTHLY = "MONTHLY", _("Monthly")
        QUARTERLY = "QUARTERLY", _("Every three months")
        ANNUALLY = "ANNUALLY", _("Every year")

    OPEN = ("PENDING", "SENT", "ACCEPTED", "ACTIVE", "SUSPENDED")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="mandates", db_index=False
    )
    method = models.ForeignKey(
        "payments.PaymentMethod", on_delete=models.PROTECT, related_name="mandates"
    )
    account_reference = models.CharField(max_length=22)  # ours, names it at NetCash: CT-…-1
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    state_reason = models.CharField(max_length=200, blank=True)
    need = models.CharField(max_length=16, choices=Need.choices, blank=True)
    frequency = models.CharField(max_length=9, choices=Frequency.choices, default=Frequency.MONTHLY)
    debit_day = models.PositiveSmallIntegerField()  # 1–28, what the mandate says
    ceiling_amount = models.DecimalField(max_digits=14, decimal_places=2)  # most in one debit
    currency = models.CharField(max_length=3)
    url = models.CharField(max_length=300, blank=True)  # where the customer signs
    tracking = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # When it was last sent to NetCash without a clear answer; the mandate list tells what became
    # of it, and nothing is sent again before.
    unsure_since = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    hinted_at = models.DateTimeField(null=True)  # a postback has told something
    signed_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)  # failures before it are forgiven
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # debits in a row that failed

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mandate_reference_once", fields=["account_reference"]),
            models.UniqueConstraint(
                name="mandate_one_active", fields=["customer"], condition=Q(state="ACTIVE")
            ),
            models.UniqueConstraint(
                name="mandate_one_waiting",
                fields=["customer"],
                condition=Q(state__in=["PENDING", "SENT", "ACCEPTED"]),
            ),
            models.CheckConstraint(
                name="mandate_ceiling_is_positive", condition=Q(ceiling_amount__gt=0)
            ),
            models.CheckConstraint(
                name="mandate_day_is_in_every_month",
                condition=Q(debit_day__gte=1) & Q(debit_day__lte=28),
            ),
            models.CheckConstraint(
                name="mandate_in_use_was_signed",
                condition=~Q(state__in=["ACCEPTED", "ACTIVE", "SUSPENDED"])
                | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mandate_over_has_ended",
                condition=Q(
                    state__in=["CANCELLED", "EXPIRED", "DECLINED", "FAILED"], ended_at__isnull=False
                )
                | (
                    ~Q(state__in=["CANCELLED", "EXPIRED", "DECLINED", "FAILED"])
                    & Q(ended_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="mandate_stopped_has_reason",
                condition=~Q(state__in=["SUSPENDED", "CANCELLED", "FAILED"]) | ~Q(state_reason=""),
            ),
        ]
        indexes = [
            models.Index(name="mandate_customer", fields=["customer", "-id"]),
            models.Index(name="mandate_state", fields=["state", "id"]),
        ]

    def __str__(self) -> str:
        return self.account_reference

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class MandateHint(models.Model):
    """A postback as it came: unsigned, so believed by nobody; it only makes us ask sooner."""

    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.PROTECT, related_name="hints")
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    account_reference = models.CharField(max_length=40, blank=True)
    said = models.JSONField(default=dict)  # identity and account numbers left out
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="mandate_hint_at", fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.account_reference} {self.at:%Y-%m-%d %H:%M}"
