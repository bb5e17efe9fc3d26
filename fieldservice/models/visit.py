from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """One attempt at a work order: when, where, by whom, what was found, how it ended."""

    class Result(models.TextChoices):
        UNDER_WAY = "UNDER_WAY", _("Under way")
        COMPLETED = "COMPLETED", _("Completed")
        FAILED = "FAILED", _("Could not be done")
        TURNED_BACK = "TURNED_BACK", _("Turned back")

    class Failure(models.TextChoices):
        NOT_HOME = "NOT_HOME", _("Nobody at home")
        WRONG_ADDRESS = "WRONG_ADDRESS", _("Wrong address")
        REFUSED = "REFUSED", _("Customer refused")
        NO_SIGNAL = "NO_SIGNAL", _("No signal")
        MATERIAL = "MATERIAL", _("Material missing")
        UNSAFE = "UNSAFE", _("Unsafe")
        OTHER = "OTHER", _("Other")

    order = models.ForeignKey(
        "fieldservice.WorkOrder", on_delete=models.PROTECT, related_name="visits"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    visit_no = models.PositiveSmallIntegerField()
    technician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    result = models.CharField(max_length=11, choices=Result.choices, default=Result.UNDER_WAY)
    began_at = models.DateTimeField()  # on the way, or arrived without saying so
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Where the technician was on arrival: degrees, and metres of accuracy and from the address.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    distance_m = models.PositiveIntegerField(null=True, blank=True)
    no_point_reason = models.CharField(max_length=200, blank=True)
    answers = models.JSONField(default=dict)  # checklist key -> {value, at, impossible}
    notes = models.TextField(blank=True)
    failure = models.CharField(max_length=13, choices=Failure.choices, blank=True)
    failure_text = models.TextField(blank=True)
    # A drawn path ([[x, y], …] strokes, CSS pixels), or a typed name, or why there is none.
    signature = models.JSONField(default=list)
    signed_name = models.CharField(max_length=120, blank=True)
    no_signature_reason = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_digest = models.CharField(max_length=64, blank=True)  # of what the customer was shown
    has_clock_skew = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="visit_number_once", fields=["order", "visit_no"]),
            models.UniqueConstraint(
                name="visit_one_under_way", fields=["order"], condition=Q(result="UNDER_WAY")
            ),
            models.CheckConstraint(
                name="visit_failed_says_why", condition=~Q(result="FAILED") | ~Q(failure="")
            ),
            models.CheckConstraint(
                name="visit_over_has_moment",
                condition=Q(result="UNDER_WAY") | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="visit_of_technician", fields=["technician", "-began_at"]),
            models.Index(name="visit_ended", fields=["ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.visit_no}"
