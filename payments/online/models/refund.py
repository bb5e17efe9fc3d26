"""Money that goes back through the gateway it came by."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.online.models.attempt import PaymentAttempt


class MoneyBack(models.Model):
    """Money asked back of the gateway it came by, from our asking to the gateway's last word."""

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", _("To be sent")
        PROCESSING = "PROCESSING", _("The gateway is working on it")
        DOUBT = "DOUBT", _("Unclear: somebody must decide")
        DONE = "DONE", _("Paid back")
        REFUSED = "REFUSED", _("Refused by the gateway")

    order = models.CharField(max_length=30)  # our id of the refund at the gateway
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    is_sent = models.BooleanField(default=False)  # asked at least once: ask for its state first
    # May be sent although it was: it never left us, or a person has looked. Used up by sending.
    is_cleared = models.BooleanField(default=False, db_default=False)
    gateway_reference = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.order


class GatewayRefund(MoneyBack):
    """Money sent back through the gateway it came by.

    Its `refund` (the voucher, and the entry in the books) is made before the gateway is asked, so
    that the credit cannot be spent twice meanwhile; when the gateway refuses, the money comes back
    as a payment, `returned`. Money we did not accept was nobody's credit: it has neither.
    """

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    refund = models.OneToOneField(
        "billing.Refund", null=True, on_delete=models.PROTECT, related_name="gateway_refund"
    )
    returned = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="refused_refund"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="gateway_refund_order_once", fields=["order"]),
            models.CheckConstraint(name="gateway_refund_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="gateway_refund_refused_came_back",
                condition=Q(state="REFUSED", refund__isnull=False, returned__isnull=False)
                | (Q(returned__isnull=True) & (~Q(state="REFUSED") | Q(refund__isnull=True))),
            ),
        ]
        indexes = [
            models.Index(
                name="gateway_refund_to_check",
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
            )
        ]
