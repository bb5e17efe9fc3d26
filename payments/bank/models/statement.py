"""The statements our banks send, and what each line of them became."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ispbill.core.sealed_files import SealedPath
from payments.bank.models.account import BankAccount


class StatementImport(models.Model):
    """One file of a bank account's statement. The same file is taken once."""

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", _("Columns to be named")
        READING = "READING", _("Being read")
        READ = "READ", _("To be reviewed")
        ACCEPTING = "ACCEPTING", _("Being accepted")
        ACCEPTED = "ACCEPTED", _("Accepted")
        FAILED = "FAILED", _("Not readable")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    file_name = models.CharField(max_length=120)
    file_hash = models.CharField(max_length=64)  # SHA-256 of the bytes
    path = SealedPath(max_length=160)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UPLOADED)
    layout = models.JSONField(default=dict, blank=True)
    run_id = models.BigIntegerField(null=True)  # the job that reads or accepts it
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    opening_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    closing_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    row_count = models.PositiveIntegerField(default=0)  # rows that are money
    new_count = models.PositiveIntegerField(default=0)  # of them, not known from another file
    bad_count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_file_once", fields=["account", "file_hash"]),
            models.CheckConstraint(
                name="statement_accepted_says_when",
                condition=~Q(state="ACCEPTED") | Q(accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.file_name}"

    @property
    def is_busy(self) -> bool:
        """Tell whether a worker has it in hand."""
        return self.state in (self.State.READING, self.State.ACCEPTING)


class StatementLine(models.Model):
    """Money on our account, as the bank tells of it; positive came in, negative went out.

    `open_amount` is what nobody has explained yet, kept by the parts' trigger. A held line's
    money stands in the books as unmatched money (2330) until its parts take it from there.
    """

    class State(models.TextChoices):
        NEW = "NEW", _("New")
        HELD = "HELD", _("Unassigned")
        MATCHED = "MATCHED", _("Matched")
        IGNORED = "IGNORED", _("Set aside")
        RETURNED = "RETURNED", _("Paid back")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="lines")
    row_no = models.PositiveIntegerField()  # in the file that first brought it
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    description = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    counterparty = models.CharField(max_length=120, blank=True)
    bank_id = models.CharField(max_length=80, blank=True)  # the bank's own number of the line
    payer_mask = models.CharField(max_length=12, blank=True)  # ***1234
    payer_fingerprint = models.CharField(max_length=64, blank=True)  # keyed
    sealed_payer = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    is_held_unmatched = models.BooleanField(default=False)
    confidence = models.PositiveSmallIntegerField(default=0)  # of the best suggestion, 0 to 100
    is_safe = models.BooleanField(default=False)  # sure enough to be accepted among others
    examined_at = models.DateTimeField(null=True)  # when suggestions were last sought

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_line_once", fields=["account", "fingerprint"]),
            models.CheckConstraint(name="statement_line_is_some_money", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="statement_line_open_within_amount",
                condition=Q(amount__gt=0, open_amount__gte=0, open_amount__lte=F("amount"))
                | Q(amount__lt=0, open_amount__lte=0, open_amount__gte=F("amount")),
            ),
            models.CheckConstraint(
                name="statement_line_done_is_not_open",
                condition=Q(state__in=["NEW", "HELD"]) | Q(open_amount=0),
            ),
            models.CheckConstraint(
                name="statement_line_held_is_money_in",
                condition=Q(is_held_unmatched=False) | Q(amount__gt=0),
            ),
            models.CheckConstraint(
                name="statement_line_confidence_is_a_percentage", condition=Q(confidence__lte=100)
            ),
        ]
        indexes = [
            models.Index(name="statement_line_day", fields=["booked_on", "id"]),
            models.Index(
                name="statement_line_open",
                fields=["booked_on", "id"],
                condition=Q(state__in=["NEW", "HELD"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount} {self.description}".strip()

    @property
    def is_open(self) -> bool:
        """Tell whether some of it still has to be explained."""
        return self.state in (self.State.NEW, self.State.HELD)

    @property
    def is_money_in(self) -> bool:
        return self.amount > 0


class StatementPart(models.Model):
    """What a line, or a part of it, became. Undone with a reason, never deleted."""

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("Payment")
        REFUND = "REFUND", _("Refund")
        DEPOSIT = "DEPOSIT", _("Security deposit")
        PAYOUT = "PAYOUT", _("Payout of a gateway")
        CHARGES = "CHARGES", _("Bank charges")
        TRANSFER = "TRANSFER", _("Own transfer")
        RETURNED = "RETURNED", _("Paid back")
        RETURN = "RETURN", _("Our paying back")
        PARTNER = "PARTNER", _("Money of a reseller")
        ELSEWHERE = "ELSEWHERE", _("Not for these books")

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # signed as its line
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="statement_parts"
    )
    # True: the payment was made from the line. False: it stood in the books before.
    is_made = models.BooleanField(default=False)
    refund = models.ForeignKey(
        "billing.Refund", null=True, on_delete=models.PROTECT, related_name="statement_parts"
    )
    deposit_move = models.ForeignKey(
        "billing.DepositMove", null=True, on_delete=models.PROTECT, related_name="statement_parts"
    )
    payout = models.ForeignKey(
        "payments.SettlementImport",
        null=True,
        on_delete=models.PROTECT,
        related_name="statement_parts",
    )
    account = models.ForeignKey(
        "billing.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    returns = models.ForeignKey(  # the part that paid money back, on the line that shows it leave
        "self", null=True, on_delete=models.PROTECT, related_name="seen_leaving"
    )
    owner_key = models.CharField(max_length=20, blank=True)  # the reseller's transfer
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="statement_part_is_some_money", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="statement_part_payment_is_named",
                condition=~Q(kind="PAYMENT") | Q(payment__isnull=False, customer__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_refund_is_named",
                condition=~Q(kind="REFUND") | Q(refund__isnull=False, customer__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_deposit_is_named",
                condition=~Q(kind="DEPOSIT")
                | Q(deposit_move__isnull=False, customer__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_payout_is_named",
                condition=~Q(kind="PAYOUT") | Q(payout__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_account_is_named",
                condition=~Q(kind__in=["CHARGES", "TRANSFER"]) | Q(account__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_return_is_named",
                condition=~Q(kind="RETURN") | Q(returns__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_part_owner_is_named",
                condition=Q(kind="PARTNER") & ~Q(owner_key="")
                | ~Q(kind="PARTNER") & Q(owner_key=""),
            ),
            models.CheckConstraint(
                name="statement_part_set_aside_has_reason",
                condition=~Q(kind__in=["RETURNED", "ELSEWHERE"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="statement_part_undone_has_reason",
                condition=Q(undone_at__isnull=True) | ~Q(undone_reason=""),
            ),
            # The same money never explains two lines.
            models.UniqueConstraint(
                name="statement_part_owner_once",
                fields=["owner_key"],
                condition=Q(undone_at__isnull=True) & ~Q(owner_key=""),
            ),
            *[
                models.UniqueConstraint(
                    name=f"statement_part_{name}_once",
                    fields=[name],
                    condition=Q(undone_at__isnull=True),
                )
                for name in ("payment", "refund", "deposit_move", "payout", "returns")
            ],
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} of line {self.line_id}"
