from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.invoices.models.invoice import Invoice, InvoiceLine, SellerText
from billing.invoices.rules import credit_words


class CreditNote(models.Model):
    """What an issued invoice asks for no longer: given back, or given up as lost.

    Issued at once and frozen. The rows of its lines come first; writing the note then proves it
    (`billing/invoices/guards/check_credit_note.sql`): it is the sum of its lines, every line stays
    within what the invoice's line charged, and the invoice's `credited_amount` moves with it.
    """

    class Kind(models.TextChoices):
        CREDIT = "CREDIT", _("Credit note")
        WRITE_OFF = "WRITE_OFF", _("Write-off")

    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CREDIT)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_on = models.DateField()  # company date
    issued_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField()
    # What happened to the service, for words in either language; {} where staff gave the reason.
    cause = models.JSONField(default=dict)
    seller = models.ForeignKey(
        SellerText, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer = models.JSONField(default=dict)  # as on the invoice it corrects
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="credit_note_number_once", fields=["number"]),
            models.CheckConstraint(
                name="credit_note_total_is_net_plus_tax",
                condition=Q(total_amount=F("net_amount") + F("tax_amount")),
            ),
            models.CheckConstraint(
                name="credit_note_is_positive",
                condition=Q(total_amount__gt=0) & Q(net_amount__gte=0) & Q(tax_amount__gte=0),
            ),
            models.CheckConstraint(name="credit_note_has_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(name="credit_note_customer", fields=["customer", "-id"]),
            models.Index(name="credit_note_day", fields=["issued_on", "id"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_write_off(self) -> bool:
        return self.kind == self.Kind.WRITE_OFF

    @property
    def words(self) -> str:
        """Why it was issued, in the reader's language."""
        return credit_words.sentence(self.cause, self.reason, get_language() or "en")


class CreditNoteLine(models.Model):
    """What of one line of the invoice is given back: positive amounts, except of a deduction.

    `days` are the days that are given back, where that is what was reckoned; the days stay
    billed unless whoever gives them back also narrows the line's `held_span`.
    """

    note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credits")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    description = models.CharField(max_length=160)
    days = DateRangeField(null=True)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    account = models.ForeignKey(
        "billing.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )  # debited with the net amount
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="credit_note_line_once", fields=["note", "line"]),
            models.CheckConstraint(
                name="credit_note_line_is_not_nothing",
                condition=~Q(net_amount=0) | ~Q(tax_amount=0),
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def gross_amount(self) -> Decimal:
        """The net amount with its tax."""
        return self.net_amount + self.tax_amount
