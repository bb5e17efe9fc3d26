from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StockItem(models.Model):
    """A kind of thing we stock: counted, or with a serial number on each piece.

    Amounts are net. `owned_quantity` and `value_amount` (what we paid for it) are for information
    and follow every move; no ledger knows of them.
    """

    class Kind(models.TextChoices):
        SERIAL = "SERIAL", _("Pieces with a serial number")
        BULK = "BULK", _("Counted or measured")

    class Way(models.TextChoices):
        LENT = "LENT", _("Lent to the customer")
        SOLD = "SOLD", _("Sold to the customer")
        INCLUDED = "INCLUDED", _("Included in the service")
        FREE = "FREE", _("Given for nothing")
        USED = "USED", _("Used up")

    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=12, default="piece")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    usual_way = models.CharField(max_length=8, choices=Way.choices)
    # What a sale or a replacement is charged as: its account, tax class and wording.
    fee = models.ForeignKey(
        "customers.Fee", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sale_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    deposit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    replacement_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reorder_level = models.DecimalField(max_digits=10, decimal_places=2, default=0)  # a branch
    owned_quantity = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    value_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stock_item_name_once", fields=["name"]),
            models.CheckConstraint(
                name="stock_item_is_not_negative",
                condition=Q(
                    sale_amount__gte=0,
                    deposit_amount__gte=0,
                    replacement_amount__gte=0,
                    reorder_level__gte=0,
                    owned_quantity__gte=0,
                    value_amount__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="stock_item_sold_has_fee",
                condition=~Q(usual_way="SOLD") | Q(fee__isnull=False),
            ),
            models.CheckConstraint(
                name="stock_item_lent_has_serial", condition=~Q(usual_way="LENT") | Q(kind="SERIAL")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_serial(self) -> bool:
        """Tell whether each piece has a number of its own."""
        return self.kind == self.Kind.SERIAL


class SerialUnit(models.Model):
    """One piece with a serial number; it is in one place, and only a move changes that."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="units")
    serial = models.CharField(max_length=60)  # capitals, without blanks, : and -
    needs_repair = models.BooleanField(default=False)  # given to nobody until it is repaired
    place = models.ForeignKey(
        "fieldservice.StockPlace", on_delete=models.PROTECT, related_name="units"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="serial_unit_once", fields=["item", "serial"]),
            models.CheckConstraint(name="serial_unit_has_serial", condition=~Q(serial="")),
        ]
        indexes = [models.Index(name="serial_unit_by_serial", fields=["serial"])]

    def __str__(self) -> str:
        return self.serial
