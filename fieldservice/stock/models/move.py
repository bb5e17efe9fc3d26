from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StockBalance(models.Model):
    """How much of an item lies at a real place; written by the trigger of moves alone."""

    item = models.ForeignKey(
        "fieldservice.StockItem", on_delete=models.PROTECT, related_name="balances"
    )
    place = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="balances"
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stock_balance_once", fields=["item", "place"]),
            models.CheckConstraint(
                name="stock_balance_is_not_negative", condition=Q(quantity__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id} at {self.place_id}"


class StockMove(models.Model):
    """Some of an item went from one place to another; never changed, never deleted."""

    class Why(models.TextChoices):
        RECEIVED = "RECEIVED", _("Received")
        MOVED = "MOVED", _("Moved")
        LENT = "LENT", _("Lent")
        SOLD = "SOLD", _("Sold")
        INCLUDED = "INCLUDED", _("Included in the service")
        FREE = "FREE", _("Given for nothing")
        USED = "USED", _("Used up")
        RETURNED = "RETURNED", _("Returned")
        SCRAPPED = "SCRAPPED", _("Scrapped")
        LOST = "LOST", _("Lost")
        COUNTED = "COUNTED", _("Difference of a count")
        FOUND = "FOUND", _("Booked for a job")
        UNDONE = "UNDONE", _("Undone")

    item = models.ForeignKey(
        "fieldservice.StockItem", on_delete=models.PROTECT, related_name="moves"
    )
    unit = models.ForeignKey(
        "fieldservice.SerialUnit", null=True, on_delete=models.PROTECT, related_name="moves"
    )
    source = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="+"
    )
    target = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    value_amount = models.DecimalField(
        max_digits=14, decimal_places=2
    )  # in, or out of, what we own
    why = models.CharField(max_length=9, choices=Why.choices)
    reference = models.CharField(max_length=80, blank=True)  # a delivery note, a job, a count
    reason = models.TextField(blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="stock_move_is_some", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="stock_move_of_a_piece_is_one", condition=Q(unit__isnull=True) | Q(quantity=1)
            ),
            models.CheckConstraint(
                name="stock_move_goes_elsewhere", condition=~Q(source=F("target"))
            ),
        ]
        indexes = [
            models.Index(name="stock_move_of_item", fields=["item", "-id"]),
            models.Index(name="stock_move_of_unit", fields=["unit", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}, {self.why}"
