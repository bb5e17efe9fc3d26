"""How the company collects by debit order."""

from django.db import models
from django.db.models import Q
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
