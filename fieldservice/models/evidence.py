from django.db import models
from django.db.models import Q


class Photo(models.Model):
    """A picture of a visit, written anew by the server: place and moment are columns, not in it."""

    visit = models.ForeignKey("fieldservice.Visit", on_delete=models.PROTECT, related_name="photos")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=30)  # the checklist's key it answers, or "other"
    path = models.CharField(max_length=120, blank=True)  # below MEDIA_ROOT; "" until it has come
    action_id = models.UUIDField(null=True)  # the act that announced it, where it comes in parts
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    pruned_at = models.DateTimeField(null=True)  # kept long enough: the file is gone
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="photo_once_a_visit", fields=["visit", "item", "sha256"]),
            models.UniqueConstraint(name="photo_once_an_act", fields=["action_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.visit_id}"


class Material(models.Model):
    """Something used or left at the customer's, as the technician typed it."""

    visit = models.ForeignKey(
        "fieldservice.Visit", on_delete=models.PROTECT, related_name="materials"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    serial = models.CharField(max_length=60, blank=True)  # capitals, without blanks, : and -
    is_returned = models.BooleanField(default=False)  # taken back from the customer
    # What of our stock it is, and what the books said otherwise; none: something not stocked.
    item = models.ForeignKey(
        "fieldservice.StockItem", null=True, on_delete=models.PROTECT, related_name="+"
    )
    stock_note = models.CharField(max_length=120, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="material_is_some", condition=Q(quantity__gt=0)),
            models.UniqueConstraint(
                name="material_serial_once_a_visit",
                fields=["visit", "name", "serial"],
                condition=~Q(serial=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name} {self.serial}".strip()
