from django.db import models
from django.db.models import F, Q


class SpeedTestSettings(models.Model):
    """How customers test their speed: one row.

    `address`: where the measuring is answered, blank for this site; `networks`: our own addresses
    (CIDR, by commas) that a customer's line may appear with, such as those of a CGNAT.
    """

    is_offered = models.BooleanField(default=True)
    address = models.URLField(max_length=200, blank=True)
    networks = models.CharField(max_length=500, blank=True)
    seconds = models.PositiveSmallIntegerField(default=10)  # each way
    most_megabytes = models.PositiveIntegerField(default=400)  # both ways together, a test
    most_at_once = models.PositiveSmallIntegerField(default=2)  # tests of all customers
    good_percent = models.PositiveSmallIntegerField(default=80)
    weak_percent = models.PositiveSmallIntegerField(default=50)

    class Meta:
        verbose_name_plural = "speed test settings"
        constraints = [
            models.CheckConstraint(name="speed_test_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="speed_test_limits_are_sound",
                condition=Q(seconds__range=(3, 20), most_megabytes__range=(20, 4000))
                & Q(most_at_once__gte=1, good_percent__lte=100, weak_percent__gte=1)
                & Q(weak_percent__lt=F("good_percent")),
            ),
        ]

    def __str__(self) -> str:
        return "speed test settings"

    @classmethod
    def current(cls) -> "SpeedTestSettings":
        """Return the one row, or the defaults while nobody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
