from django.conf import settings
from django.db import models
from django.db.models import Q

from resellers.models.reseller import Reseller


class WalletRenewal(models.Model):
    """A prepaid service that its reseller's wallet renews when its time is over; without a row not.

    Of a customer who has moved on it means nothing: the reseller is the one who chose it.
    `tried_at` is when the wallet was too small for it last.
    """

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="renewals")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subscription_id} from the wallet of reseller {self.reseller_id}"


class OwnPrice(models.Model):
    """What a reseller asks for a package, net in the company's currency, within its limits."""

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="own_prices", db_index=False
    )
    package = models.ForeignKey("customers.Package", on_delete=models.PROTECT, related_name="+")
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="own_price_once", fields=["reseller", "package"]),
            models.CheckConstraint(name="own_price_is_positive", condition=Q(price_amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"own price of package {self.package_id} of reseller {self.reseller_id}"
