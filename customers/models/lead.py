from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Lead(models.Model):
    """Somebody who may become a customer."""

    class Stage(models.TextChoices):
        NEW = "NEW", _("New")
        CONTACTED = "CONTACTED", _("Contacted")
        SURVEY = "SURVEY", _("Survey")
        OFFER = "OFFER", _("Offer")
        WON = "WON", _("Won")
        LOST = "LOST", _("Lost")

    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=240, blank=True)
    area = models.ForeignKey(
        "customers.Area", null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="leads")
    source = models.CharField(max_length=40, blank=True)
    package = models.ForeignKey(
        "customers.Package", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.NEW)
    lost_reason = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_action_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lead_lost_has_reason", condition=~Q(stage="LOST") | ~Q(lost_reason="")
            ),
            models.UniqueConstraint(
                name="lead_open_once_a_phone",
                fields=["phone"],
                condition=~Q(stage__in=["WON", "LOST"]),
            ),
        ]
        indexes = [models.Index(name="lead_stage", fields=["stage", "next_action_on", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Tell whether it is still being worked on."""
        return self.stage not in {self.Stage.WON, self.Stage.LOST}
