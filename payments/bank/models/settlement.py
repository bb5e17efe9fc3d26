"""What a payment provider says it has paid out to us: a file, its lines, its fees."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ispbill.core.sealed_files import SealedPath


class SettlementImport(models.Model):
    """One payout of a provider. Gross is what customers paid, net what reached the bank."""

    class Provider(models.TextChoices):
        SSLCOMMERZ = "SSLCOMMERZ", "SSLCommerz"
        BKASH = "BKASH", "bKash"
        NAGAD = "NAGAD", "Nagad"
        NETCASH = "NETCASH", "NetCash"  # written from its own statement, never from a file

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", _("Columns to be named")
        READ = "READ", _("To be booked")
        BOOKED = "BOOKED", _("Booked")

    provider = models.CharField(max_length=10, choices=Provider.choices)
    bank_account = models.ForeignKey(
        "payments.BankAccount", on_delete=models.PROTECT, related_name="payouts"
    )
    reference = models.CharField(max_length=80)  # the provider's number of the payout
    paid_on = models.DateField()  # the day it reached the bank
    file_name = models.CharField(max_length=120)
    file_hash = models.CharField(max_length=64)
    path = SealedPath(max_length=160)
    layout = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    bad_count = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="settlement_file_once", fields=["provider", "file_hash"]),
            models.CheckConstraint(
                name="settlement_net_is_gross_less_fee",
                condition=Q(net_amount=F("gross_amount") - F("fee_amount")),
            ),
            models.CheckConstraint(
                name="settlement_booked_says_when",
                condition=Q(state="BOOKED", booked_at__isnull=False)
                | (~Q(state="BOOKED") & Q(booked_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class SettlementLine(models.Model):
    """One transaction of a payout; negative is money the provider took back."""

    class State(models.TextChoices):
        KNOWN = "KNOWN", _("Matched")
        DIFFERENT = "DIFFERENT", _("Another amount")
        UNKNOWN = "UNKNOWN", _("Not in our books")

    class Became(models.TextChoices):
        OPEN = "OPEN", _("To be decided")
        EXPLAINED = "EXPLAINED", _("Sent back by us")
        REVERSED = "REVERSED", _("Payment reversed")
        SHORTENED = "SHORTENED", _("Part of the payment charged back")
        BORNE = "BORNE", _("Borne by the company")

    settlement = models.ForeignKey(SettlementImport, on_delete=models.CASCADE, related_name="lines")
    provider = models.CharField(max_length=10, choices=SettlementImport.Provider.choices)
    row_no = models.PositiveIntegerField()
    transaction_id = models.CharField(max_length=80)
    happened_on = models.DateField(null=True)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2)
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    is_chargeback = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices)
    payment = models.ForeignKey(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="settlement_lines"
    )
    # A try whose money we did not accept: it is owed back, and nobody's payment.
    attempt = models.ForeignKey(
        "payments.PaymentAttempt",
        null=True,
        on_delete=models.PROTECT,
        related_name="settlement_lines",
    )
    # Booked as unmatched money (2330) with its payout; leaves it when it is matched later, or when
    # it is decided what became of a chargeback.
    is_held_unmatched = models.BooleanField(default=False)
    matched_at = models.DateTimeField(null=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # What became of a chargeback, once its payout is booked; "" for every other line.
    became = models.CharField(
        max_length=9, choices=Became.choices, blank=True, default="", db_default=""
    )
    # What was credited again of a payment a part of which was reversed.
    rest_payment = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="rest_of_line"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="settlement_line_became_of_chargeback",
                condition=Q(became="") | Q(is_chargeback=True),
            ),
            models.CheckConstraint(
                name="settlement_line_rest_of_a_part",
                condition=Q(rest_payment__isnull=True) | Q(became="SHORTENED"),
            ),
            models.UniqueConstraint(
                name="settlement_line_once",
                fields=["provider", "transaction_id"],
                condition=Q(is_chargeback=False),
            ),
            # A transaction is charged back in parts, each of its amount and day.
            models.UniqueConstraint(
                name="settlement_line_chargeback_once",
                fields=["provider", "transaction_id", "gross_amount", "happened_on"],
                condition=Q(is_chargeback=True),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="settlement_line_payment_once",
                fields=["payment"],
                condition=Q(payment__isnull=False, is_chargeback=False),
            ),
            models.UniqueConstraint(
                name="settlement_line_attempt_once",
                fields=["attempt"],
                condition=Q(attempt__isnull=False, is_chargeback=False),
            ),
            models.CheckConstraint(
                name="settlement_line_net_is_gross_less_fee",
                condition=Q(net_amount=F("gross_amount") - F("fee_amount")),
            ),
            models.CheckConstraint(
                name="settlement_line_chargeback_is_negative",
                condition=Q(is_chargeback=False, gross_amount__gte=0)
                | Q(is_chargeback=True, gross_amount__lt=0),
            ),
            models.CheckConstraint(
                name="settlement_line_known_has_payment",
                condition=Q(state="UNKNOWN", payment__isnull=True, attempt__isnull=True)
                | (~Q(state="UNKNOWN") & Q(payment__isnull=False, attempt__isnull=True))
                | (~Q(state="UNKNOWN") & Q(payment__isnull=True, attempt__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.transaction_id


class BadRow(models.Model):
    """A row of a file that could not be read, kept as it was, with what was wrong."""

    statement = models.ForeignKey(
        "payments.StatementImport", null=True, on_delete=models.CASCADE, related_name="bad_rows"
    )
    settlement = models.ForeignKey(
        SettlementImport, null=True, on_delete=models.CASCADE, related_name="bad_rows"
    )
    row_no = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    problem = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="bad_row_of_statement_once", fields=["statement", "row_no"]
            ),
            models.UniqueConstraint(
                name="bad_row_of_settlement_once", fields=["settlement", "row_no"]
            ),
            models.CheckConstraint(
                name="bad_row_is_of_one_file",
                condition=Q(statement__isnull=False, settlement__isnull=True)
                | Q(statement__isnull=True, settlement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.row_no}: {self.problem}"
