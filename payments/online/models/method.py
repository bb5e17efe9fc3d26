"""Ways a customer has given us to take or recognise their money.

Details (account or token numbers) are sealed for their row; what pages show is the masked label.
Rows are removed softly: what was collected through them still names them.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PaymentMethod(models.Model):
    """A bank account for debit orders, a card kept by a gateway, or transfers by the customer.

    `sealed_details` holds JSON: for a bank account ``number``, ``branch_code`` and ``kind``
    (CURRENT, SAVINGS, TRANSMISSION); for a card ``token``; for transfers ``number``, the account
    they come from: lines of our statements that name it are this customer's.
    """

    class Kind(models.TextChoices):
        BANK_ACCOUNT = "BANK_ACCOUNT", _("Bank account (debit order)")
        CARD_TOKEN = "CARD_TOKEN", _("Card")
        EFT = "EFT", _("Bank transfer")

    class Check(models.TextChoices):
        """What NetCash has said of an account number's digits."""

        NONE = "", _("Not checked")
        WAITING = "WAITING", _("Will be checked")
        GOOD = "GOOD", _("Number checked")
        WRONG = "WRONG", _("Number refused")

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="payment_methods",
        db_index=False,
    )
    key = models.UUIDField(default=uuid.uuid4)  # what the sealed details are bound to
    kind = models.CharField(max_length=12, choices=Kind.choices)
    label = models.CharField(max_length=60)  # masked: "FNB ***1234"
    holder = models.CharField(max_length=80)
    sealed_details = models.TextField()
    fingerprint = models.CharField(max_length=64)  # keyed: the same account is recognised
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    removed_at = models.DateTimeField(null=True)
    check_state = models.CharField(max_length=7, choices=Check.choices, blank=True)
    check_words = models.CharField(max_length=200, blank=True)  # why it was refused

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payment_method_key_once", fields=["key"]),
            models.UniqueConstraint(
                name="payment_method_one_primary",
                fields=["customer"],
                condition=Q(is_primary=True, removed_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="payment_method_once",
                fields=["customer", "kind", "fingerprint"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="payment_method_removed_is_not_primary",
                condition=Q(removed_at__isnull=True) | Q(is_primary=False),
            ),
            models.CheckConstraint(
                name="payment_method_shows_no_number",
                condition=Q(label__contains="***") & ~Q(label__regex=r"[0-9]{5}"),
            ),
            models.CheckConstraint(
                name="payment_method_is_sealed",
                condition=~Q(sealed_details="") & ~Q(fingerprint=""),
            ),
        ]
        indexes = [
            models.Index(name="payment_method_customer", fields=["customer", "-is_primary", "id"]),
            models.Index(
                name="payment_method_payer",
                fields=["fingerprint"],
                condition=Q(kind="EFT", removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.label
