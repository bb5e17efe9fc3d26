from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

OF_NOBODY = ["TRANSIT", "SUPPLIER", "SOLD", "USED", "LOST", "SCRAP", "ADJUSTMENT"]


class StockPlace(models.Model):
    """Where stock can be: with a branch, a person or a customer, or out of our hands.

    TRANSIT and those after it exist once each; what lies there is not counted, except on the way.
    """

    class Kind(models.TextChoices):
        BRANCH = "BRANCH", _("Branch")
        PERSON = "PERSON", _("Person")
        CUSTOMER = "CUSTOMER", _("Customer")
        TRANSIT = "TRANSIT", _("On the way")
        SUPPLIER = "SUPPLIER", _("Supplier")
        SOLD = "SOLD", _("Sold or given")
        USED = "USED", _("Used up")
        LOST = "LOST", _("Lost")
        SCRAP = "SCRAP", _("Scrapped")
        ADJUSTMENT = "ADJUSTMENT", _("Corrections")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="stock_place_is_of_its_kind",
                condition=Q(
                    kind="BRANCH", branch__isnull=False, person__isnull=True, customer__isnull=True
                )
                | Q(kind="PERSON", branch__isnull=True, person__isnull=False, customer__isnull=True)
                | Q(
                    kind="CUSTOMER",
                    branch__isnull=True,
                    person__isnull=True,
                    customer__isnull=False,
                )
                | Q(
                    kind__in=OF_NOBODY,
                    branch__isnull=True,
                    person__isnull=True,
                    customer__isnull=True,
                ),
            ),
            models.UniqueConstraint(name="stock_place_of_branch_once", fields=["branch"]),
            models.UniqueConstraint(name="stock_place_of_person_once", fields=["person"]),
            models.UniqueConstraint(name="stock_place_of_customer_once", fields=["customer"]),
            models.UniqueConstraint(
                name="stock_place_of_nobody_once",
                fields=["kind"],
                condition=Q(branch__isnull=True, person__isnull=True, customer__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        whose = self.branch or self.person or self.customer
        return str(getattr(whose, "name", "")) or str(self.get_kind_display())

    @property
    def is_real(self) -> bool:
        """Tell whether what lies here is counted."""
        real = {self.Kind.BRANCH, self.Kind.PERSON, self.Kind.CUSTOMER, self.Kind.TRANSIT}
        return self.kind in real
