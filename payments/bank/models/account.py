"""Our own bank accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BankAccount(models.Model):
    """An account of ours whose statements are imported; `account` is its place in the books."""

    class Method(models.TextChoices):
        EFT = "EFT", _("Bank transfer")
        BKASH = "BKASH", _("bKash")
        NAGAD = "NAGAD", _("Nagad")

    name = models.CharField(max_length=60)
    number = models.CharField(max_length=34, blank=True)  # as it stands on our invoices
    method = models.CharField(max_length=12, choices=Method.choices, default=Method.EFT)
    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    # How its statements read, as a person last said (payments.bank.rules.statement_rows.Layout).
    layout = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="bank_account_name_once", fields=["name"])]

    def __str__(self) -> str:
        return self.name
