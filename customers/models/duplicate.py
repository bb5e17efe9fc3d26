"""Accounts that may be one person, and accounts that were made one."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer


class DuplicatePair(models.Model):
    """Two accounts that may be one person: how alike they are, and by what.

    One that was ignored comes back when its score has risen since.
    """

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    why = ArrayField(models.CharField(max_length=16))
    found_at = models.DateTimeField()
    ignored_score = models.PositiveSmallIntegerField(null=True)
    ignored_at = models.DateTimeField(null=True)
    ignored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ignored_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="duplicate_pair_once", fields=["first", "second"]),
            models.CheckConstraint(
                name="duplicate_pair_in_order", condition=Q(first__lt=F("second"))
            ),
        ]
        indexes = [models.Index(name="duplicate_pair_score", fields=["-score", "id"])]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Merge(models.Model):
    """One account that became a part of another; it may be undone for thirty days.

    `moved` names every row that changed hands (model, then ids; for services the line numbers they
    had), `transfers` the documents that carried the money over.
    """

    absorbed = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="taken_over")
    moved = models.JSONField(default=dict)
    lines = models.JSONField(default=dict)  # service → its line number before
    transfers = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="merge_once_an_account",
                fields=["absorbed"],
                condition=Q(undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="merge_of_two_accounts", condition=~Q(absorbed=F("survivor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} became {self.survivor_id}"
