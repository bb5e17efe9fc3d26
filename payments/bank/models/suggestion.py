"""Whose a line of a statement may be, and payers known from before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.bank.models.statement import StatementLine


class StatementSuggestion(models.Model):
    """What a line may be, with how sure that is and why; made anew whenever lines are examined."""

    line = models.ForeignKey(StatementLine, on_delete=models.CASCADE, related_name="suggestions")
    rank = models.PositiveSmallIntegerField()  # 1 is the best
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The payment in the books it already is; none: a new payment is to be made.
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payout = models.ForeignKey(
        "payments.SettlementImport",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    # Somebody who is no customer: a reseller's number, and what to call it.
    owner_key = models.CharField(max_length=20, blank=True)
    owner_label = models.CharField(max_length=160, blank=True)
    confidence = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)  # [[code, detail], …]

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_suggestion_rank_once", fields=["line", "rank"]),
            models.CheckConstraint(
                name="statement_suggestion_is_a_percentage", condition=Q(confidence__lte=100)
            ),
            models.CheckConstraint(
                name="statement_suggestion_is_of_somebody",
                condition=Q(customer__isnull=False, payout__isnull=True, owner_key="")
                | Q(customer__isnull=True, payment__isnull=True)
                & (
                    Q(payout__isnull=False, owner_key="")
                    | Q(payout__isnull=True) & ~Q(owner_key="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.confidence} %"


class KnownPayer(models.Model):
    """Who a payer on statements is, as a person said; account numbers are kept sealed."""

    class Kind(models.TextChoices):
        ACCOUNT = "ACCOUNT", _("Account number")
        NAME = "NAME", _("Name")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    fingerprint = models.CharField(max_length=64)
    label = models.CharField(max_length=120)  # the name, or the masked number
    sealed_number = models.TextField(blank=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="known_payers"
    )
    remembered_at = models.DateTimeField()
    remembered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="known_payer_once", fields=["fingerprint", "customer"])
        ]

    def __str__(self) -> str:
        return self.label
