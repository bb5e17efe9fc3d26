from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MessageProvider(models.Model):
    """Our account with a provider of messages; at most one is switched on for a channel.

    `sealed_credentials` is JSON sealed for the kind (`gateways.chosen`): never shown again, never
    logged. A channel without one switched on goes where the operator's settings file says.
    """

    class Kind(models.TextChoices):
        SSLWIRELESS = "SSLWIRELESS", "SSL Wireless"
        BULKSMSBD = "BULKSMSBD", "BulkSMSBD"
        TWILIO = "TWILIO", "Twilio"
        WHATSAPP = "WHATSAPP", "WhatsApp Cloud API"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=10)
    base_url = models.CharField(max_length=200)  # without a slash at the end
    sealed_credentials = models.TextField()
    is_enabled = models.BooleanField(default=False)
    # As the provider told it last, in its own currency; empty where it does not tell.
    balance = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    balance_currency = models.CharField(max_length=3, blank=True)
    tested_at = models.DateTimeField(null=True)
    is_test_passed = models.BooleanField(null=True)
    test_words = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="message_provider_once", fields=["kind"]),
            models.UniqueConstraint(
                name="message_provider_one_a_channel",
                fields=["channel"],
                condition=Q(is_enabled=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)


class DeliveryReport(models.Model):
    """What a provider told of a message, each thing once however often it is told.

    It may come before the sender has noted what the provider called the message; it is then kept
    without one, and applied as soon as that is known (`services.reports`).
    """

    class Status(models.TextChoices):
        SENT = "SENT", _("Sent")
        DELIVERED = "DELIVERED", _("Delivered")
        READ = "READ", _("Read")
        FAILED = "FAILED", _("Failed")

    provider = models.CharField(max_length=20)
    ref = models.CharField(max_length=80)
    our_id = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.CharField(max_length=300, blank=True)
    message_id = models.BigIntegerField(null=True)  # plain: the log outlives a cleared outbox
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_report_once", fields=["provider", "ref", "status"]
            )
        ]
        indexes = [
            models.Index(name="delivery_report_message", fields=["message_id"]),
            models.Index(
                name="delivery_report_early", fields=["our_id"], condition=Q(message_id=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.ref}: {self.status}"

    @property
    def words(self) -> str:
        return str(self.Status(self.status).label)
