"""Closed months, the chain of seals over the journal, and the day's totals a seal leaves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class PeriodClose(models.Model):
    """A month whose books are closed: no entry may be dated in it or before it.

    Months are closed in order and reopened in the opposite order, so that one day says it all:
    the last day of the latest closed month. What the month came to is kept with the closing, and
    `check_ledger` compares it with the rows ever after. Guards: migration of the same name.
    """

    first_day = models.DateField()
    last_day = models.DateField()
    entry_count = models.PositiveIntegerField()
    turnover_amount = models.DecimalField(max_digits=16, decimal_places=2)  # sum of the debits
    figures = models.JSONField(default=dict)  # balance of each account at the end of `last_day`
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopen_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="period_closed_once",
                fields=["last_day"],
                condition=Q(reopened_at__isnull=True),
            ),
            models.CheckConstraint(
                name="period_is_a_span", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(
                name="period_reopened_with_reason",
                condition=Q(reopened_at__isnull=True, reopen_reason="")
                | (Q(reopened_at__isnull=False) & ~Q(reopen_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def is_closed(self) -> bool:
        return self.reopened_at is None


class LedgerSeal(models.Model):
    """A link of the chain over the journal, made every night.

    `digest` is SHA-256 over the digest before it and the entries `first_id` to `last_id` with
    their postings, so that altering, removing or slipping in one breaks this link and all after.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    entry_count = models.PositiveIntegerField()
    turnover_amount = models.DecimalField(max_digits=16, decimal_places=2)
    previous = models.CharField(max_length=64, blank=True)  # digest of the seal before; '' = first
    digest = models.CharField(max_length=64)
    sealed_on = models.DateField()  # company date
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ledger_seal_follows_once", fields=["previous"]),
            models.CheckConstraint(
                name="ledger_seal_covers_entries",
                condition=Q(last_id__gte=F("first_id")) & Q(entry_count__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"entries {self.first_id} to {self.last_id}"


class LedgerDay(models.Model):
    """What the entries of one seal moved on one account, for each day, branch and kind of entry.

    Sealed entries never change, so balances of any day are sums of these and of the few entries
    that are not sealed yet, however long the history is.
    """

    seal = models.ForeignKey(LedgerSeal, on_delete=models.PROTECT, related_name="days")
    posted_on = models.DateField()
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    account = models.ForeignKey(
        "billing.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16)
    debit_amount = models.DecimalField(max_digits=16, decimal_places=2)
    credit_amount = models.DecimalField(max_digits=16, decimal_places=2)
    posting_count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="ledger_day_once", fields=["seal", "posted_on", "branch", "account", "kind"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.posted_on} {self.account_id} {self.kind}"
