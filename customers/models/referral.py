"""Customers who bring customers: a code for each, and one row for each friend who came."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class ReferralCode(models.Model):
    """The code of a customer's invitation link; 40 random bits, made when it is first shown."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="referral_code"
    )
    code = models.CharField(max_length=8)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="referral_code_once", fields=["code"])]

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A customer brought by another, with the terms of that day.

    It is credited once the friend has paid; reversed, it waits again for a payment that stands.
    The money itself is `payments.ReferralReward`. States move as
    `customers/guards/move_referral.sql` says; `refuse_referral_circle.sql` refuses circles.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        CREDITED = "CREDITED", _("Credited")
        EXPIRED = "EXPIRED", _("Expired")
        REFUSED = "REFUSED", _("Refused")

    class Suspicion(models.TextChoices):
        NONE = "", _("None")
        PHONE = "PHONE", _("Same phone number")
        NATIONAL_ID = "NATIONAL_ID", _("Same national id")
        EMAIL = "EMAIL", _("Same e-mail")
        ADDRESS = "ADDRESS", _("Same address")

    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="brought")
    referred = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    suspicion = models.CharField(max_length=12, choices=Suspicion.choices, blank=True)
    referrer_amount = models.DecimalField(max_digits=14, decimal_places=2)
    friend_amount = models.DecimalField(max_digits=14, decimal_places=2)
    minimum_amount = models.DecimalField(max_digits=14, decimal_places=2)
    joined_at = models.DateTimeField()
    expires_on = models.DateField()  # the last company date of the payment that counts
    credited_at = models.DateTimeField(null=True)
    # Who brought had the most of a year already: only the friend is credited, now and ever.
    is_beyond_cap = models.BooleanField(default=False)
    # Staff: cleared of suspicion, or refused, with a reason.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="referral_once_per_friend", fields=["referred"]),
            models.CheckConstraint(
                name="referral_of_somebody_else", condition=~Q(referrer=F("referred"))
            ),
            models.CheckConstraint(
                name="referral_amounts_are_not_negative",
                condition=Q(referrer_amount__gte=0, friend_amount__gte=0, minimum_amount__gte=0),
            ),
            models.CheckConstraint(
                name="referral_credited_has_a_moment",
                condition=Q(status="CREDITED", credited_at__isnull=False)
                | (~Q(status="CREDITED") & Q(credited_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="referral_refused_has_a_reason", condition=~Q(status="REFUSED") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="referral_suspicious_is_cleared_first",
                condition=~Q(status="CREDITED") | Q(suspicion="") | Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="referral_pending", fields=["expires_on", "id"], condition=Q(status="PENDING")
            ),
            models.Index(name="referral_latest", fields=["status", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} brought {self.referred_id}"

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    @property
    def waits_for_staff(self) -> bool:
        """Tell whether somebody has to look before it can be credited."""
        return self.is_pending and self.suspicion != "" and self.decided_at is None
