from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.online.models.refund import MoneyBack
from resellers.models.reseller import Reseller
from resellers.models.wallet import Transfer


class Checkout(models.Model):
    """One try of a reseller to top up its wallet online; only the gateway's answer makes it paid.

    Paid exactly as asked it has its transfer, and goes back only with that transfer. What was paid
    otherwise, or looks risky to the gateway, is HELD for a person: accepted as it came, or refused
    and given back at the gateway.
    """

    class State(models.TextChoices):
        STARTED = "STARTED", _("Being opened")
        OPEN = "OPEN", _("Waiting for the payment")
        HELD = "HELD", _("Held for review")
        SETTLED = "SETTLED", _("Paid")
        FAILED = "FAILED", _("Failed")
        EXPIRED = "EXPIRED", _("Expired")
        REFUSED = "REFUSED", _("Not accepted")

    # Nothing is credited yet; money may still come.
    UNPAID = (State.STARTED, State.OPEN, State.FAILED, State.EXPIRED)

    order = models.CharField(max_length=30)  # our id at the gateway: random
    account = models.ForeignKey(
        "payments.GatewayAccount", on_delete=models.PROTECT, related_name="+"
    )
    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="checkouts", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=7, choices=State.choices, default=State.STARTED)
    key = models.CharField(max_length=64)
    session_key = models.CharField(max_length=120, blank=True)
    redirect_url = models.CharField(max_length=600, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)
    is_claimed = models.BooleanField(default=False)  # somebody who knows the session says paid
    gateway_reference = models.CharField(max_length=80, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True, db_default="")  # for refunds
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    words = models.CharField(max_length=300, blank=True)  # the gateway's
    transfer = models.OneToOneField(
        Transfer, null=True, on_delete=models.PROTECT, related_name="checkout"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="checkout_order_once", fields=["order"]),
            models.UniqueConstraint(name="checkout_once_per_key", fields=["key"]),
            models.UniqueConstraint(
                name="checkout_gateway_reference_once",
                fields=["account", "gateway_reference"],
                condition=~Q(gateway_reference=""),
            ),
            models.CheckConstraint(name="checkout_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="checkout_settled_has_transfer",
                condition=Q(state="SETTLED", transfer__isnull=False)
                | (~Q(state="SETTLED") & Q(transfer__isnull=True)),
            ),
            models.CheckConstraint(
                name="checkout_expires_after_its_start", condition=Q(expires_at__gt=F("started_at"))
            ),
        ]
        indexes = [
            models.Index(name="checkout_of_reseller", fields=["reseller", "-id"]),
            models.Index(name="checkout_held", fields=["id"], condition=Q(state="HELD")),
            models.Index(
                name="checkout_to_ask",
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.order

    @property
    def is_waiting(self) -> bool:
        return self.state in (self.State.STARTED, self.State.OPEN)


class CheckoutRefund(MoneyBack):
    """Money of a top-up that was refused, on its way back: once, and whole.

    In the books it is owed (2340) from the refusal until it is DONE. What a gateway refuses to
    send, or cannot be asked for, is in DOUBT: somebody sends it back at the gateway's own pages.
    """

    checkout = models.OneToOneField(Checkout, on_delete=models.PROTECT, related_name="refund")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="checkout_refund_order_once", fields=["order"]),
            models.CheckConstraint(name="checkout_refund_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="checkout_refund_is_never_given_up", condition=~Q(state="REFUSED")
            ),
            models.CheckConstraint(
                name="checkout_refund_ends_when_done",
                condition=Q(state="DONE", ended_at__isnull=False)
                | ~Q(state="DONE") & Q(ended_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="checkout_refund_to_check",
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(name="checkout_refund_doubt", fields=["id"], condition=Q(state="DOUBT")),
        ]

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE
