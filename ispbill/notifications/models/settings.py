from django.db import models
from django.db.models import Q


class MessageSettings(models.Model):
    """The company's one row of choices about messages; changed by `services.settings`."""

    uses_sms = models.BooleanField(default=True)
    uses_whatsapp = models.BooleanField(default=False)
    uses_email = models.BooleanField(default=True)
    uses_web_push = models.BooleanField(default=True)  # only ever to devices that asked for it
    falls_back_to_sms = models.BooleanField(default=True)  # what WhatsApp does not deliver
    # Company-local hours; from 21 until 8 spans midnight, equal hours mean no quiet time.
    quiet_from_hour = models.PositiveSmallIntegerField(default=21)
    quiet_until_hour = models.PositiveSmallIntegerField(default=8)
    # For messages of all channels, in the company's currency; prices are `MessagePrice`.
    month_budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_settings_is_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="message_settings_hours_exist",
                condition=Q(quiet_from_hour__lte=23) & Q(quiet_until_hour__lte=23),
            ),
            models.CheckConstraint(
                name="message_settings_budget_is_positive", condition=Q(month_budget__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return "message settings"

    @classmethod
    def current(cls) -> "MessageSettings":
        """Return the choices (never cached: the outbox works while the cache is down)."""
        row, _created = cls.objects.get_or_create(pk=1)
        return row

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels the company uses at all."""
        used = (
            ("SMS", self.uses_sms),
            ("WHATSAPP", self.uses_whatsapp),
            ("EMAIL", self.uses_email),
        )
        return tuple(channel for channel, is_used in used if is_used)


class GatewayPace(models.Model):
    """When a channel's provider may be called next, over all senders (real time, not business)."""

    channel = models.CharField(max_length=10, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.channel
