from django.db import models
from django.db.models import Q


class SupportSettings(models.Model):
    """How customers are asked for their opinion, and who hears how promises were kept: one row."""

    asks_opinions = models.BooleanField(default=True)
    opinion_months = models.PositiveSmallIntegerField(default=6)
    # So many are asked a day, so that the base is spread over the months.
    opinions_a_day = models.PositiveIntegerField(default=100)
    low_opinions_wait = models.BooleanField(default=True)  # in the inbox, until looked into
    survey_anonymous = models.BooleanField(default=False)  # answers are kept without their names
    # Below so many percent of promises kept in a month somebody is told; none: nobody.
    least_percent = models.PositiveSmallIntegerField(null=True, blank=True, default=90)
    report_to = models.CharField(max_length=500, blank=True)  # e-mails of staff, by commas

    class Meta:
        verbose_name_plural = "support settings"
        constraints = [
            models.CheckConstraint(name="support_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="support_settings_are_sound",
                condition=Q(opinion_months__range=(1, 24))
                & (Q(least_percent__isnull=True) | Q(least_percent__range=(1, 100))),
            ),
        ]

    def __str__(self) -> str:
        return "support settings"

    @classmethod
    def current(cls) -> "SupportSettings":
        """Return the one row, or the defaults while nobody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
