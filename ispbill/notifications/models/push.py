from django.conf import settings
from django.db import models
from django.db.models import Q


class PushKeys(models.Model):
    """The one key pair by which push services know us (VAPID, RFC 8292); made at first use.

    Every subscription is bound to the public half: with new keys all of them are void.
    """

    public_key = models.CharField(max_length=90)  # uncompressed P-256 point, base64url
    sealed_private_key = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="push_keys_are_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "push keys"


class PushDevice(models.Model):
    """A browser in which somebody has switched notifications on.

    The endpoint is an address that browser told us; it is judged before each call like any other
    (ADR 42). Portal requests have no right to this table: services of the house find a person's
    own devices (`services.push_devices`).
    """

    class App(models.TextChoices):
        """In which of our surfaces; its service worker shows what comes."""

        PORTAL = "PORTAL", "/portal/"
        CONSOLE = "CONSOLE", "/admin/"
        TECHNICIAN = "TECHNICIAN", "/technician/"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    app = models.CharField(max_length=10, choices=App.choices)
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=90)  # the browser's public key, base64url
    auth = models.CharField(max_length=30)  # 16 bytes it shares with us, base64url
    name = models.CharField(max_length=60)  # "Chrome on Android": told by the browser, kept short
    session_id = models.BigIntegerField(null=True)  # plain: signing out there removes the device
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # a push service took a message for it
    failed_at = models.DateTimeField(null=True)  # and it did not, last

    class Meta:
        constraints = [models.UniqueConstraint(name="push_device_once", fields=["endpoint"])]
        indexes = [
            models.Index(
                name="push_device_session",
                fields=["session_id"],
                condition=Q(session_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def address(self) -> str:
        """Return how a message in the outbox names it; `bulk.enqueue_select` writes the same."""
        return f"{self.name} #{self.pk}"


class ReminderRefusal(models.Model):
    """A customer who wants no reminders; gone once they want them again."""

    customer_id = models.BigIntegerField(primary_key=True)  # plain: customers lies above this app
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"no reminders for {self.customer_id}"


class PortalReading(models.Model):
    """Up to which of an account's messages somebody has read them in the portal."""

    customer_id = models.BigIntegerField(primary_key=True)  # plain: customers lies above this app
    read_until = models.BigIntegerField()  # a message's number
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id} read until {self.read_until}"
