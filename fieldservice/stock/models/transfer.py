from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StockTransfer(models.Model):
    """Stock on the way to a person: theirs once they accept it, else it goes back.

    `serials` are the pieces, where the item has numbers.
    """

    class State(models.TextChoices):
        SENT = "SENT", _("On the way")
        ACCEPTED = "ACCEPTED", _("Accepted")
        RETURNED = "RETURNED", _("Gone back")

    item = models.ForeignKey("fieldservice.StockItem", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="+"
    )
    target = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    serials = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENT)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)  # why it went back

    class Meta:
        constraints = [
            models.CheckConstraint(name="stock_transfer_is_some", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="stock_transfer_decided_has_moment",
                condition=Q(state="SENT") | Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="stock_transfer_sent", fields=["target"], condition=Q(state="SENT"))
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id} to {self.target_id}"
