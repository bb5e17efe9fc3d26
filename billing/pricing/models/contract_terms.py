from decimal import Decimal

from django.db import models
from django.db.models import Q


class ContractTerms(models.Model):
    """What a signed contract says of a service's price and of leaving; a fact `contracts` writes.

    Days are company dates, first free days. Amounts without tax, `rate` a fraction. The row stays
    when the contract is over, with `ended_on`: it is read no more.
    """

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.PROTECT, related_name="contract_terms"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    contract_number = models.CharField(max_length=20)
    minimum_from = models.DateField()
    minimum_until = models.DateField(null=True, blank=True)
    fee = models.CharField(max_length=9)  # NONE, FIXED, REMAINING, DECLINING
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(1))
    cap_months = models.PositiveSmallIntegerField(null=True, blank=True)
    cap_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # As signed, per cycle; with tax where it was agreed so.
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    cooling_off_until = models.DateField(null=True, blank=True)  # the first day it is too late
    bills_used_days = models.BooleanField(default=True, db_default=True)  # when it is taken back
    price_locked_until = models.DateField(null=True, blank=True)
    refuses_downgrade = models.BooleanField(default=False, db_default=False)  # in the minimum term
    ended_on = models.DateField(null=True, blank=True)
    ended_cause = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name_plural = "contract terms"
        constraints = [
            models.CheckConstraint(
                name="contract_terms_fee_is_known",
                condition=Q(fee__in=["NONE", "FIXED", "REMAINING", "DECLINING"])
                & Q(fee_amount__gte=0, fee_rate__gte=0, fee_rate__lte=1, price_amount__gte=0),
            )
        ]

    def __str__(self) -> str:
        return self.contract_number
