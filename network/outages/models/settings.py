from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutageSettings(models.Model):
    """How outages are proposed, credited and judged: one row. Amounts in the company's currency."""

    class Credit(models.TextChoices):
        PROPOSE = "PROPOSE", _("Propose, a person decides")
        AUTO = "AUTO", _("By itself")
        OFF = "OFF", _("No credit")

    class Rule(models.TextChoices):
        MINUTES = "MINUTES", _("By the minutes without service")
        BTRC_2021 = "BTRC_2021", _("BTRC 2021: half, three quarters or all of the month")

    propose_after_minutes = models.PositiveSmallIntegerField(default=10)
    tail_hours = models.PositiveSmallIntegerField(default=24)  # nobody is cut off so long after it
    credit = models.CharField(max_length=7, choices=Credit.choices, default=Credit.PROPOSE)
    credit_rule = models.CharField(max_length=9, choices=Rule.choices, default=Rule.MINUTES)
    credit_min_minutes = models.PositiveSmallIntegerField(default=240)
    credit_min_amount = models.DecimalField(
        max_digits=14, decimal_places=2, default=Decimal("1.00")
    )
    maintenance_notice_hours = models.PositiveSmallIntegerField(default=48)
    uptime_target = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("99.500"))

    class Meta:
        verbose_name_plural = "outage settings"
        constraints = [
            models.CheckConstraint(name="outage_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="outage_target_is_a_percentage",
                condition=Q(uptime_target__gt=0) & Q(uptime_target__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return "outage settings"

    @classmethod
    def current(cls) -> "OutageSettings":
        """Return the one row; it is made when somebody first asks."""
        return cls.objects.get_or_create(pk=1)[0]
