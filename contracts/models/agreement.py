from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class Agreement(models.Model):
    """A text that customers are asked to sign, in its versions. Screens call it a template."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Customer.Kind.choices)  # for such customers
    language = models.CharField(
        max_length=2, choices=settings.LANGUAGES, default="en"
    )  # of the text
    is_default = models.BooleanField(default=False)  # drawn up unless another is chosen
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_name_once", fields=["name"]),
            models.UniqueConstraint(
                name="agreement_one_default_a_kind", fields=["kind"], condition=Q(is_default=True)
            ),
            models.CheckConstraint(
                name="agreement_default_is_in_use",
                condition=Q(is_default=False) | Q(archived_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgreementVersion(models.Model):
    """The words and the terms of an agreement; once a contract uses them they never change."""

    class NoticeUnit(models.TextChoices):
        DAYS = "DAYS", _("days")
        MONTHS = "MONTHS", _("months")
        BUSINESS_DAYS = "BUSINESS_DAYS", _("business days")

    class Renewal(models.TextChoices):
        NONE = "NONE", _("Ends; the service goes on free of it")
        MONTHLY = "MONTHLY", _("Goes on month by month")
        TERM = "TERM", _("For another term")

    class PriceLock(models.TextChoices):
        MINIMUM = "MINIMUM", _("During the minimum term")
        TERM = "TERM", _("During the whole term")
        NONE = "NONE", _("Not locked")

    class Fee(models.TextChoices):
        NONE = "NONE", _("No fee")
        FIXED = "FIXED", _("A fixed fee")
        REMAINING = "REMAINING", _("A share of what is left of the minimum term")
        DECLINING = "DECLINING", _("An amount that falls day by day")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    version_no = models.PositiveSmallIntegerField()
    body = models.TextField()  # sanitised HTML with {{merge.fields}}
    term_months = models.PositiveSmallIntegerField(default=12)
    minimum_months = models.PositiveSmallIntegerField(default=12)
    notice_count = models.PositiveSmallIntegerField(default=30)
    notice_unit = models.CharField(
        max_length=13, choices=NoticeUnit.choices, default=NoticeUnit.DAYS
    )
    renewal = models.CharField(max_length=7, choices=Renewal.choices, default=Renewal.MONTHLY)
    renewal_binds = models.BooleanField(default=False)  # another term has a minimum again
    price_lock = models.CharField(max_length=7, choices=PriceLock.choices, default=PriceLock.NONE)
    fee = models.CharField(max_length=9, choices=Fee.choices, default=Fee.NONE)
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))  # net
    fee_rate = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.5"))
    cap_months = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    cap_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    cooling_off_days = models.PositiveSmallIntegerField(default=0)
    bills_used_days = models.BooleanField(default=True, db_default=True)  # when it is taken back
    refuses_downgrade = models.BooleanField(default=False, db_default=False)  # in the minimum term
    used_at = models.DateTimeField(null=True, blank=True)  # from then on frozen
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="agreement_version_once", fields=["agreement", "version_no"]
            ),
            models.CheckConstraint(
                name="agreement_version_terms_are_possible",
                condition=Q(term_months__gte=1, term_months__lte=120)
                & Q(minimum_months__lte=120)
                & Q(fee_amount__gte=0)
                & Q(fee_rate__gte=0, fee_rate__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.version_no}"

    @property
    def is_frozen(self) -> bool:
        return self.used_at is not None
