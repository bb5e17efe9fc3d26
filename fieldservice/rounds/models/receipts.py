from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RoundDevice(models.Model):
    """A collector's phone; its code begins the numbers of its receipts and is never used again."""

    code = models.CharField(max_length=4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="round_device_code_once", fields=["code"])]

    def __str__(self) -> str:
        return self.code


class RoundReceipt(models.Model):
    """A provisional receipt as a collector's phone sent it, and the payment it became.

    The phone makes the number with the act, so it is once. What came under a known number with
    something else in it is kept whole beside the first, and makes no payment.
    """

    class State(models.TextChoices):
        SETTLED = "SETTLED", _("Settled")
        VOID = "VOID", _("Void")
        DIFFERS = "DIFFERS", _("Differs from the first")
        HELD = "HELD", _("Waits for the office")

    number = models.CharField(max_length=15)  # PR-K7Q2-00017-H
    device = models.ForeignKey(RoundDevice, on_delete=models.PROTECT, related_name="receipts")
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # cash, the company's currency
    client_at = models.DateTimeField()  # as the phone's clock said
    taken_at = models.DateTimeField()  # corrected by the server
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices)
    void_reason = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of what was sent
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    flags = models.JSONField(default=list)  # keys of rounds.views.words.FLAGS
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="round_receipt_number_once",
                fields=["number"],
                condition=Q(state__in=["SETTLED", "VOID", "HELD"]),
            ),
            models.UniqueConstraint(name="round_receipt_payment_once", fields=["payment"]),
            models.CheckConstraint(name="round_receipt_is_some", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="round_receipt_settled_has_payment",
                condition=Q(state="SETTLED", payment__isnull=False)
                | (~Q(state="SETTLED") & Q(payment__isnull=True)),
            ),
            models.CheckConstraint(
                name="round_receipt_void_says_why", condition=~Q(state="VOID") | ~Q(void_reason="")
            ),
        ]
        indexes = [
            models.Index(
                name="round_receipt_unseen",
                fields=["received_at"],
                condition=Q(seen_at__isnull=True) & ~Q(flags=[]),
            )
        ]

    def __str__(self) -> str:
        return self.number
