"""Each try to pay online."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.online.models.gateway import GatewayAccount


class PaymentAttempt(models.Model):
    """One try of a customer to pay online. The server fixed the amount; only it moves the state.

    A settled one has its payment and never goes back but by that payment's reversal. Money that
    comes after a failure, a cancel or the end of its time is still taken. What a person does not
    accept is owed back (`owed_amount`) until it is sent, or credited after all.
    """

    class State(models.TextChoices):
        STARTED = "STARTED", _("Being opened")
        OPEN = "OPEN", _("Waiting for the customer")
        HELD = "HELD", _("Held for review")
        MISMATCH = "MISMATCH", _("Paid, but not what was asked")
        SETTLED = "SETTLED", _("Paid")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled by the customer")
        EXPIRED = "EXPIRED", _("Expired")
        REVERSED = "REVERSED", _("Reversed")
        REFUSED = "REFUSED", _("Not accepted")

    # Nothing is credited yet; money may still come.
    UNPAID = (State.STARTED, State.OPEN, State.FAILED, State.CANCELLED, State.EXPIRED)
    # Money is at the gateway and not in the customer's account: a person decides.
    UNDECIDED = (State.HELD, State.MISMATCH)

    class Odd(models.TextChoices):
        LATE = "LATE", _("Came after it was over")
        VOID_BILL = "VOID_BILL", _("Its bill is void")
        TWICE = "TWICE", _("Its bill was paid already")
        REFUNDS = "REFUNDS", _("The gateway gave back another sum")

    class Source(models.TextChoices):
        PORTAL = "PORTAL", _("Portal")
        PAY_PAGE = "PAY_PAGE", _("Pay without sign-in")
        LINK = "LINK", _("Pay link")

    order = models.CharField(max_length=30)  # our id at the gateway: random, letters and digits
    # Its page was paid more than once: this is a further payment of that try, held for a decision.
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="further")
    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="attempts")
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="payment_attempts",
        db_index=False,
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    invoices = models.JSONField(default=list)  # ids chosen by the customer; empty: oldest first
    source = models.CharField(max_length=8, choices=Source.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.STARTED)
    idempotency_key = models.CharField(max_length=64)
    session_key = models.CharField(max_length=120, blank=True)  # the gateway's id of the session
    redirect_url = models.CharField(max_length=600, blank=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Asking the gateway: when last, when next, how often.
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)
    # Somebody believable says it is paid: nobody is cut off while that is open.
    claimed_at = models.DateTimeField(null=True)
    # What the gateway has confirmed.
    gateway_reference = models.CharField(max_length=80, blank=True)  # val_id, trxID
    bank_reference = models.CharField(max_length=80, blank=True)  # bank_tran_id
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    paid_at = models.DateTimeField(null=True)  # when the gateway says the customer paid
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # What was not accepted and is owed back, in the company's currency.
    owed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # What the gateway says it has given back of it in all, when it was asked last.
    told_back_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    method = models.CharField(max_length=12, blank=True)  # of `Payment.Method`
    instrument = models.CharField(max_length=60, blank=True)  # "VISA-Dutch Bangla"
    payer = models.CharField(max_length=40, blank=True)  # masked
    is_risky = models.BooleanField(default=False)
    fail_code = models.CharField(max_length=30, blank=True)
    fail_words = models.CharField(max_length=300, blank=True)
    answer = models.JSONField(default=dict)  # the latest answer, without secrets
    payment = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="attempt"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    review_reason = models.TextField(blank=True)
    # Credited by itself, but not as the payer meant it: somebody looks at it, once.
    odd = models.CharField(max_length=9, choices=Odd.choices, blank=True, default="", db_default="")
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attempt_looked_at_is_odd", condition=Q(looked_at__isnull=True) | ~Q(odd="")
            ),
            models.UniqueConstraint(name="attempt_order_once", fields=["order"]),
            models.UniqueConstraint(name="attempt_once_per_key", fields=["idempotency_key"]),
            models.UniqueConstraint(
                name="attempt_gateway_reference_once",
                fields=["account", "gateway_reference"],
                condition=~Q(gateway_reference=""),
            ),
            models.UniqueConstraint(
                name="attempt_bank_reference_once",
                fields=["account", "bank_reference"],
                condition=~Q(bank_reference=""),
            ),
            models.CheckConstraint(name="attempt_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="attempt_settled_has_payment",
                condition=Q(state__in=["SETTLED", "REVERSED"], payment__isnull=False)
                | (~Q(state__in=["SETTLED", "REVERSED"]) & Q(payment__isnull=True)),
            ),
            models.CheckConstraint(
                name="attempt_settled_was_confirmed",
                condition=~Q(state__in=["SETTLED", "REVERSED", "HELD", "MISMATCH", "REFUSED"])
                | (~Q(gateway_reference="") & Q(paid_amount__isnull=False)),
            ),
            models.CheckConstraint(
                name="attempt_refused_is_owed_back",
                condition=~Q(state="REFUSED") | Q(owed_amount__isnull=False, owed_amount__gt=0),
            ),
            models.CheckConstraint(
                name="attempt_open_has_address", condition=~Q(state="OPEN") | ~Q(redirect_url="")
            ),
            models.CheckConstraint(
                name="attempt_expires_after_its_start", condition=Q(expires_at__gt=F("started_at"))
            ),
        ]
        indexes = [
            models.Index(name="attempt_customer", fields=["customer", "-id"]),
            models.Index(name="attempt_list", fields=["state", "-id"]),
            models.Index(
                name="attempt_to_look_at",
                fields=["id"],
                condition=Q(looked_at__isnull=True) & ~Q(odd=""),
            ),
            models.Index(
                name="attempt_to_check",
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.order

    @property
    def asked_order(self) -> str:
        """The order the gateway knows it by."""
        return self.first.order if self.first is not None else self.order

    @property
    def is_to_look_at(self) -> bool:
        return self.odd != "" and self.looked_at is None
