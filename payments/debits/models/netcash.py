"""What was asked of NetCash, and the lines of its statements."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.debits.models.order import DebitOrder


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
                name="netcash_request_one_waiting", fields=["kind"], condition=Q(outcome="WAITING")
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
