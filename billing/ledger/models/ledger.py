"""Double entry, append-only. Guards are in `billing/ledger/guards`: an entry's postings come in one
statement, sum to zero, are never changed or removed, and move the customer's balance."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.ledger.rules.chart import ACCOUNTS
from billing.ledger.rules.entry_kinds import KINDS


class Account(models.Model):
    """A ledger account; its code is the key (`billing.ledger.rules.chart` names those in use)."""

    class Kind(models.TextChoices):
        ASSET = "ASSET", _("Asset")
        LIABILITY = "LIABILITY", _("Liability")
        EQUITY = "EQUITY", _("Equity")
        INCOME = "INCOME", _("Income")
        EXPENSE = "EXPENSE", _("Expense")

    code = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """Return the name as it is read: those of the product's own accounts are translated."""
        return gettext(self.name) if self.code in ACCOUNTS else self.name


class JournalEntry(models.Model):
    """One business fact in the books. `reverses` undoes an earlier entry, at most once."""

    kind = models.CharField(max_length=16)  # INVOICE, PAYMENT, REVERSAL, OPENING …
    source_type = models.CharField(max_length=16)
    source_id = models.BigIntegerField()
    posted_on = models.DateField()  # company date
    at = models.DateTimeField()
    branch = models.ForeignKey(
        "accounts.Branch",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # checked for the whole statement; branches are never removed
    )
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # likewise; customers are never removed
    )
    memo = models.CharField(max_length=160, blank=True)
    reverses = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # likewise; entries are never removed
    )
    actor_id = models.BigIntegerField(null=True)
    # 1: its first posting is demanded at commit (the foreign key in 0002); NULL: it was demanded at
    # the end of the statement that wrote it (`entry_names`, 0021), as bulk work does.
    first_line = models.PositiveSmallIntegerField(null=True, default=1)

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(
                name="journal_entry_once_per_fact", fields=["source_type", "source_id", "kind"]
            ),
            models.UniqueConstraint(
                name="journal_entry_undone_once",
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="journal_entry_begins_with_line_one", condition=Q(first_line=1)
            ),
        ]
        indexes = [models.Index(name="journal_entry_day", fields=["posted_on", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_type} {self.source_id}"

    @property
    def kind_words(self) -> str:
        """Return what it is about, as it is read."""
        return gettext(KINDS.get(self.kind, self.kind))


class Posting(models.Model):
    """One side of an entry: debit positive, credit negative, in the company's currency."""

    pk = models.CompositePrimaryKey("entry_id", "line_no")
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,  # checked for the whole statement by `postings_balance`
    )
    line_no = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,  # likewise; accounts are never removed
    )
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # `postings_balance` demands the entry's own customer
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_is_not_zero", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="posting_names_its_customer",
                condition=~Q(account=1100) | Q(customer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="posting_customer",
                fields=["customer", "entry"],
                condition=Q(customer__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"

    @property
    def debit(self) -> Decimal:
        """The amount on the left side, or zero."""
        return max(self.amount, Decimal(0))

    @property
    def credit(self) -> Decimal:
        """The amount on the right side, or zero."""
        return max(-self.amount, Decimal(0))
