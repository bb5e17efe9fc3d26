"""What the former system knew of its customers: history to be read, never to be reckoned with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LegacyRecord(models.Model):
    """An order, a payment or a bill of the former system. It moves no money here.

    An order is matched to a customer by e-mail and phone, or by a person.
    """

    class Kind(models.TextChoices):
        ORDER = "ORDER", _("Order")
        PAYMENT = "PAYMENT", _("Payment")
        BILL = "BILL", _("Bill")

    class Match(models.TextChoices):
        SOURCE = "SOURCE", _("Their customer's id")
        EMAIL = "EMAIL", _("E-mail")
        PHONE = "PHONE", _("Phone")
        HAND = "HAND", _("By hand")
        CREATED = "CREATED", _("Made of the order")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    system = models.CharField(max_length=10)
    source_id = models.CharField(max_length=80)
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    matched_by = models.CharField(max_length=7, choices=Match.choices, blank=True)
    matched_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # as it was written there
    email = models.CharField(max_length=254, blank=True)
    address = models.CharField(max_length=240, blank=True)
    area = models.CharField(max_length=120, blank=True)
    package = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=60, blank=True)  # their word
    on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    note = models.CharField(max_length=300, blank=True)
    taken_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="legacy_record_once", fields=["system", "kind", "source_id"]
            ),
            models.CheckConstraint(
                name="legacy_record_matched_says_how",
                condition=Q(customer__isnull=True, matched_by="", matched_at__isnull=True)
                | (Q(customer__isnull=False, matched_at__isnull=False) & ~Q(matched_by="")),
            ),
        ]
        indexes = [
            models.Index(name="legacy_record_customer", fields=["customer", "-on"]),
            models.Index(
                name="legacy_record_unmatched", fields=["id"], condition=Q(customer__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.source_id}"


class ValidationIssue(models.Model):
    """Why an order of the former system belongs to nobody yet, and what may help."""

    class ErrorType(models.TextChoices):
        EMAIL_PHONE_CONFLICT = "email_phone_conflict", _("E-mail and phone name different people")
        AMBIGUOUS_EMAIL = "ambiguous_email", _("Several customers have the e-mail")
        AMBIGUOUS_PHONE = "ambiguous_phone", _("Several customers have the phone")
        ORPHANED_ORDER = "orphaned_order", _("No customer has e-mail or phone")
        NO_CONTACT = "no_contact", _("Neither e-mail nor phone")
        ARCHIVED_CUSTOMER = "archived_customer", _("The customer is archived")

    record = models.ForeignKey(LegacyRecord, on_delete=models.CASCADE, related_name="issues")
    error_type = models.CharField(max_length=20, choices=ErrorType.choices)
    suggested_fix = models.CharField(max_length=200)  # English; shown in the reader's language
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="validation_issue_open_once",
                fields=["record"],
                condition=Q(resolved_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.error_type}"
