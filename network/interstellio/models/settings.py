import uuid

from django.db import models
from django.db.models import Q


class InterstellioSettings(models.Model):
    """How we ask Interstellio what flowed: one row. Its password is sealed.

    `kilobyte` is how many bytes one of theirs has; nowhere is it written down.
    """

    is_on = models.BooleanField(default=False)
    identity_url = models.URLField(default="https://identity-za.nebularstack.com")
    subscriber_url = models.URLField(default="https://subscriber-za.nebularstack.com")
    telemetry_url = models.URLField(default="https://telemetry-za.nebularstack.com")
    domain = models.CharField(max_length=120, blank=True)
    tenant_id = models.CharField(max_length=120, blank=True)
    username = models.CharField(max_length=120, blank=True)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_password = models.TextField(blank=True)
    kilobyte = models.PositiveSmallIntegerField(default=1000)
    calls_a_second = models.PositiveSmallIntegerField(default=2)

    class Meta:
        verbose_name_plural = "Interstellio settings"
        constraints = [
            models.CheckConstraint(name="interstellio_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="interstellio_settings_are_sound",
                condition=Q(kilobyte__in=[1000, 1024], calls_a_second__range=(1, 20)),
            ),
        ]

    def __str__(self) -> str:
        return "Interstellio settings"

    @classmethod
    def current(cls) -> "InterstellioSettings":
        """Return the one row, or the defaults while nobody has changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
