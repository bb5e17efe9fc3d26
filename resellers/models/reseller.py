from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reseller(models.Model):
    """A sub-dealer who brings and serves customers of some areas for a commission."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reseller"
    )
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="resellers"
    )
    areas = models.ManyToManyField("customers.Area", related_name="resellers", blank=True)
    commission_rate = models.DecimalField(max_digits=6, decimal_places=5)  # a fraction: 0.10
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reseller_name_once", fields=["name"]),
            models.CheckConstraint(
                name="reseller_commission_is_a_fraction",
                condition=Q(commission_rate__gte=0) & Q(commission_rate__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name
