from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TaxCertificate(models.Model):
    """The paper that says a customer pays no tax, from a company date up to and including another.

    `Customer.is_tax_exempt` follows it (`services.tax_certificates`): billing reads that column
    alone. A certificate is never changed; one that should not count is withdrawn, with the reason.
    """

    class FileType(models.TextChoices):
        PDF = "application/pdf", _("PDF")
        PNG = "image/png", _("PNG picture")
        JPEG = "image/jpeg", _("JPEG picture")

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="tax_certificates",
        db_index=False,
    )
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_until = models.DateField()  # the last day it holds
    file_name = models.CharField(max_length=120)
    file_type = models.CharField(max_length=20, choices=FileType.choices)
    file = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tax_certificate_days_in_order", condition=Q(valid_until__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="tax_certificate_has_number", condition=~Q(number="")),
            models.CheckConstraint(name="tax_certificate_has_file", condition=~Q(file=b"")),
            models.CheckConstraint(
                name="tax_certificate_withdrawn_for_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
            models.UniqueConstraint(
                name="tax_certificate_once",
                fields=["customer", "number", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="tax_certificate_standing",
                fields=["valid_until", "customer"],
                condition=Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None
