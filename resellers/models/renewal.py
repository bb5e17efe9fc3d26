from django.conf import settings
from django.db import models

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
