from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ispbill.notifications.rules.events import EVENTS


class Message(models.Model):
    """The outbox: written with the business change, sent after commit by workers.

    A row is claimed with a lease and an attempt number; only the holder of that attempt may
    finish it (reliability: nothing lost, nothing sent twice). The body is rendered when it is
    claimed, from `context`, so that a run can write a million rows in one statement. `provider`
    is filled in at the moment the message is handed over: a dead sender's message without it was
    never out of the house.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Queued")
        SENDING = "SENDING", _("Sending")
        SENT = "SENT", _("Sent")
        DELIVERED = "DELIVERED", _("Delivered")
        FAILED = "FAILED", _("Failed")
        UNKNOWN = "UNKNOWN", _("Unknown")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Channel(models.TextChoices):
        """The ways that have an address and a wording of their own."""

        SMS = "SMS", _("SMS")
        WHATSAPP = "WHATSAPP", _("WhatsApp")
        EMAIL = "EMAIL", _("E-mail")

    # Beside them: it goes to devices (`PushDevice`) and says what the SMS says.
    WEB_PUSH = "WEB_PUSH"
    WAYS = [*Channel.choices, (WEB_PUSH, _("Notification"))]

    dedup_key = models.CharField(max_length=120)  # one message per event, recipient and channel
    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=WAYS)
    recipient = models.CharField(max_length=254)  # E.164, e-mail address, or device
    customer_id = models.BigIntegerField(null=True)  # plain: customers lies above this app
    user_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=5, default="en")
    context = models.JSONField(default=dict)
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    parts = models.PositiveSmallIntegerField(default=0)
    # As the price list said when it was handed over, in the company's currency; empty where no
    # price is known or nothing was taken.
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    is_urgent = models.BooleanField(default=False)  # ignores quiet hours: one-time codes
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    provider = models.CharField(max_length=20, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    # When the provider was asked what became of it, because it had not told by itself.
    asked_at = models.DateTimeField(null=True)
    # The message that could not be delivered on its own channel, in whose place this one goes.
    instead_of_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="message_once", fields=["dedup_key"])]
        indexes = [
            # A code must not stand in line behind a hundred thousand bills.
            models.Index(
                name="message_queued",
                fields=["channel", "is_urgent", "next_attempt_at", "id"],
                condition=Q(state="QUEUED"),
            ),
            models.Index(
                name="message_leased", fields=["lease_until"], condition=Q(state="SENDING")
            ),
            models.Index(
                name="message_unhappy",
                fields=["state", "-id"],
                condition=Q(state__in=["FAILED", "UNKNOWN", "CANCELLED"]),
            ),
            models.Index(name="message_recipient", fields=["recipient", "-id"]),
            models.Index(
                name="message_untold",
                fields=["provider", "sent_at"],
                condition=Q(state="SENT", asked_at=None),
            ),
            models.Index(
                name="message_cost",
                fields=["sent_at"],
                include=["cost"],
                condition=Q(cost__isnull=False),
            ),
            models.Index(name="message_customer", fields=["customer_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.recipient}"

    @property
    def is_waiting(self) -> bool:
        """Tell whether no sender has it yet, so that it can be stopped."""
        return self.state == self.State.QUEUED

    @property
    def is_under_way(self) -> bool:
        """Tell whether it will still be sent by itself."""
        return self.state in {self.State.QUEUED, self.State.SENDING}

    @property
    def is_unsent(self) -> bool:
        """Tell whether it waits, or has waited, for a provider that nobody has set up."""
        return self.error.startswith("Not sent:") and self.state in {
            self.State.QUEUED,
            self.State.FAILED,
        }

    @property
    def is_sms(self) -> bool:
        return self.channel == self.Channel.SMS

    @property
    def is_push(self) -> bool:
        return self.channel == self.WEB_PUSH

    @property
    def wording_channel(self) -> str:
        """Return whose wording it has: a notification says what the SMS says."""
        return str(self.Channel.SMS) if self.is_push else self.channel

    @property
    def is_secret(self) -> bool:
        """Tell whether it carries a code or a link that opens a door."""
        return EVENTS[self.event].is_secret

    @property
    def channel_words(self) -> str:
        """Return the channel in words; Django's own way to it sorts all choices anew."""
        return str(_WORDS[self.channel])

    @property
    def event_title(self) -> str:
        return gettext(EVENTS[self.event].title)

    @property
    def may_be_resent(self) -> bool:
        return not self.is_under_way and not self.is_secret


_WORDS = dict(Message.WAYS)
