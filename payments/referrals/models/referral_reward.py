from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.allocation.models.payment import Payment


class ReferralReward(models.Model):
    """Credit given to one side of a referral: a payment of method REFERRAL, and why it was given.

    At most one stands for each side. `earned_by` is the friend's own payment; when that one goes
    back, the reward is reversed and `undone_at` says when.
    """

    class Side(models.TextChoices):
        REFERRER = "REFERRER", _("Who brought")
        FRIEND = "FRIEND", _("Who came")

    referral = models.ForeignKey(
        "customers.Referral", on_delete=models.PROTECT, related_name="rewards"
    )
    side = models.CharField(max_length=8, choices=Side.choices)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="referral_rewards"
    )
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    earned_by = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="referral_rewards"
    )
    given_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="referral_reward_once_while_it_stands",
                fields=["referral", "side"],
                condition=Q(undone_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="referral_reward_once_per_payment", fields=["earned_by", "side"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} of referral {self.referral_id}"
