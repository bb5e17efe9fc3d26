"""Debit orders: what a customer has permitted, what we asked the bank for, and how it ended.

A mandate is a customer's permission to collect from a bank account. An order is one collection:
one line of one batch, for one or more invoices whose amounts are frozen in its parts once it has
been sent. Triggers hold the states' order; an invoice is in at most one order that may still
bring, or has brought, money.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DebitSettings(models.Model):
    """The one row of choices about debit orders. The service keys are the gateway account's.

    Limits are NetCash's own for this merchant; None: no limit known.
    """

    class Instruction(models.TextChoices):
        TWO_DAY = "TwoDay", _("Two days (three business days ahead)")
        SAME_DAY = "SameDay", _("Same day")

    is_on = models.BooleanField(default=False)
    instruction = models.CharField(
        max_length=16, choices=Instruction.choices, default=Instruction.TWO_DAY
    )
    authorises_itself = models.BooleanField(default=True)
    line_limit_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    batch_limit_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # So many debits in a row may fail; then the mandate is stopped.
    most_failures = models.PositiveSmallIntegerField(default=5)
    dispute_days = models.PositiveSmallIntegerField(default=40)
    # Where NetCash pays out to; none chosen: the only bank account there is.
    bank_account = models.ForeignKey(
        "payments.BankAccount", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "debit settings"
        constraints = [
            models.CheckConstraint(name="debit_settings_is_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="debit_settings_allows_a_failure", condition=Q(most_failures__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"

    @classmethod
    def current(cls) -> "DebitSettings":
        """Return the choices as they stand now; unsaved defaults where nobody has chosen."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


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
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        db_index=False,
    )  # fmt: skip
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
                    state__in=["CANCELLED", "EXPIRED", "DECLINED", "FAILED"],
                    ended_at__isnull=False,
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


class DebitBatch(models.Model):
    """One file of debit orders. SENDING: it may or may not have arrived; look before sending again.

    ABANDONED and LAPSED batches collect nothing: they were never authorised.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Planned")
        SENDING = "SENDING", _("Being sent")
        UPLOADED = "UPLOADED", _("Uploaded")
        LOADED = "LOADED", _("Waiting for authorisation")
        AUTHORISED = "AUTHORISED", _("Authorised")
        PROCESSED = "PROCESSED", _("Processed")
        FAILED = "FAILED", _("Refused")
        LAPSED = "LAPSED", _("Lapsed")
        ABANDONED = "ABANDONED", _("Abandoned")

    UNDER_WAY = ("DRAFT", "SENDING", "UPLOADED", "LOADED", "AUTHORISED")

    name = models.CharField(max_length=30)  # DB-2026-00001-7f3a, unique at NetCash too
    instruction = models.CharField(max_length=16, choices=DebitSettings.Instruction.choices)
    action_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    orders_count = models.PositiveIntegerField(default=0)  # as sent
    total_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # as sent
    currency = models.CharField(max_length=3)
    token = models.CharField(max_length=100, blank=True)
    guid = models.CharField(max_length=40, blank=True)
    upload_code = models.CharField(max_length=20, blank=True)  # raw answers, kept as they came
    load_code = models.CharField(max_length=40, blank=True)
    authorise_code = models.CharField(max_length=20, blank=True)
    status_code = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    planned_on = models.DateField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    loaded_at = models.DateTimeField(null=True)
    authorised_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    is_strange = models.BooleanField(default=False)  # NetCash has it although we gave it up

    class Meta:
        verbose_name_plural = "debit batches"
        constraints = [
            models.UniqueConstraint(name="debit_batch_name_once", fields=["name"]),
            models.CheckConstraint(
                name="debit_batch_sent_has_moment",
                condition=Q(state__in=["DRAFT", "ABANDONED"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_batch_sent_has_orders",
                condition=Q(state__in=["DRAFT", "ABANDONED"])
                | Q(orders_count__gte=1, total_amount__gt=0),
            ),
        ]
        indexes = [models.Index(name="debit_batch_state", fields=["state", "action_date"])]

    def __str__(self) -> str:
        return self.name


class DebitOrder(models.Model):
    """One collection from one account: a line of a batch. It names the payment it became."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        UPLOADED = "UPLOADED", _("Sent")
        ACCEPTED = "ACCEPTED", _("Accepted")
        COLLECTED = "COLLECTED", _("Collected")
        UNPAID = "UNPAID", _("Unpaid")
        DISPUTED = "DISPUTED", _("Disputed")
        REJECTED = "REJECTED", _("Refused by NetCash")
        DROPPED = "DROPPED", _("Not carried out")

    OPEN = ("PLANNED", "UPLOADED", "ACCEPTED")

    reference = models.CharField(max_length=30)  # ours, comes back in the statement
    batch = models.ForeignKey(DebitBatch, on_delete=models.PROTECT, related_name="orders")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="debit_orders", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    action_date = models.DateField()
    attempt = models.PositiveSmallIntegerField()  # 1: the first try
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    payment = models.OneToOneField(
        "payments.Payment", null=True, on_delete=models.PROTECT, related_name="debit_order"
    )
    reason_code = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    is_retried = models.BooleanField(default=False)  # the policy lets the next run try again
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # somebody has dealt with the dispute

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="debit_order_settled_was_disputed",
                condition=Q(settled_at__isnull=True) | Q(state="DISPUTED"),
            ),
            models.UniqueConstraint(name="debit_order_reference_once", fields=["reference"]),
            models.UniqueConstraint(
                name="debit_order_once_in_a_batch", fields=["batch", "mandate"]
            ),
            models.CheckConstraint(name="debit_order_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="debit_order_counts_tries", condition=Q(attempt__gte=1)),
            models.CheckConstraint(
                name="debit_order_collected_names_its_payment",
                condition=~Q(state="COLLECTED") | Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_order_open_has_no_payment",
                condition=~Q(state__in=["PLANNED", "UPLOADED", "ACCEPTED", "REJECTED", "DROPPED"])
                | Q(payment__isnull=True),
            ),
            models.CheckConstraint(
                name="debit_order_unpaid_has_code",
                condition=~Q(state__in=["UNPAID", "DISPUTED"]) | ~Q(reason_code=""),
            ),
        ]
        indexes = [
            models.Index(name="debit_order_customer", fields=["customer", "-id"]),
            models.Index(
                name="debit_order_open",
                fields=["action_date", "id"],
                condition=Q(state__in=["PLANNED", "UPLOADED", "ACCEPTED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class DebitPart(models.Model):
    """What an order collects for one invoice. `is_live` follows the order's state, by trigger."""

    order = models.ForeignKey(DebitOrder, on_delete=models.PROTECT, related_name="parts")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="debit_parts"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    attempt = models.PositiveSmallIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="debit_part_once_a_try", fields=["mandate", "invoice", "attempt"]
            ),
            models.UniqueConstraint(
                name="invoice_debited_once", fields=["invoice"], condition=Q(is_live=True)
            ),
            models.CheckConstraint(name="debit_part_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.order_id} for {self.invoice_id}"


class NetcashRequest(models.Model):
    """Something NetCash prepares and hands out later: asked for, then fetched when it is ready."""

    class Kind(models.TextChoices):
        STATEMENT = "STATEMENT", _("Statement")
        MANDATES = "MANDATES", _("Mandates")

    class Outcome(models.TextChoices):
        WAITING = "WAITING", _("Being prepared")
        READ = "READ", _("Read")
        UNCHANGED = "UNCHANGED", _("Nothing new")
        FAILED = "FAILED", _("Failed")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    from_day = models.DateField(null=True)
    token = models.CharField(max_length=100)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.WAITING)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    new_rows = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="netcash_request_one_waiting",
                fields=["kind"],
                condition=Q(outcome="WAITING"),
            ),
            models.CheckConstraint(
                name="netcash_request_is_over_once_ended",
                condition=Q(outcome="WAITING", ended_at__isnull=True)
                | (~Q(outcome="WAITING") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="netcash_request_reads_what_is_new", condition=Q(new_rows__lte=F("rows"))
            ),
        ]
        indexes = [models.Index(name="netcash_request_kind", fields=["kind", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.token}"


class DebitStatementLine(models.Model):
    """A line of NetCash's statement, imported once. `effect_amount` is signed, ours is plus."""

    class Outcome(models.TextChoices):
        NEW = "NEW", _("New")
        SETTLED = "SETTLED", _("Payment recorded")
        RETURNED = "RETURNED", _("Debit returned")
        BOOKED = "BOOKED", _("Booked")
        PAID_OUT = "PAID_OUT", _("Paid out")
        NOTED = "NOTED", _("Noted")
        HELD = "HELD", _("Needs a decision")

    statement_date = models.DateField()
    transaction_id = models.CharField(max_length=60)
    code = models.CharField(max_length=8)
    description = models.CharField(max_length=200, blank=True)
    effect_amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason_code = models.CharField(max_length=8, blank=True)
    reference = models.CharField(max_length=60, blank=True)  # what we had put beside the line
    order = models.ForeignKey(
        DebitOrder, null=True, on_delete=models.PROTECT, related_name="statement_lines"
    )
    payout = models.OneToOneField(
        "payments.SettlementImport", null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.NEW)
    note = models.CharField(max_length=200, blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="debit_statement_line_once",
                fields=["statement_date", "transaction_id", "code"],
            ),
            models.CheckConstraint(
                name="debit_statement_line_of_an_order",
                condition=~Q(outcome__in=["SETTLED", "RETURNED"]) | Q(order__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_statement_line_paid_out_by_a_payout",
                condition=Q(outcome="PAID_OUT", payout__isnull=False, effect_amount__lt=0)
                | (~Q(outcome="PAID_OUT") & Q(payout__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="debit_statement_line_new",
                fields=["statement_date", "id"],
                condition=Q(outcome__in=["NEW", "HELD"]),
            ),
            models.Index(name="debit_statement_line_day", fields=["-statement_date", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.statement_date} {self.code} {self.transaction_id}"
