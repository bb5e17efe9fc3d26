"""What a gateway called us with."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.online.models.attempt import PaymentAttempt
from payments.online.models.gateway import GatewayAccount


class GatewayCallback(models.Model):
    """The inbox: what came to our addresses, kept before anything of it is believed.

    The same message again only counts up `times`. What was made of it stands beside it; the
    message itself never changes.
    """

    class Kind(models.TextChoices):
        RETURN = "RETURN", _("Customer came back")
        NOTICE = "NOTICE", _("Notification")

    class State(models.TextChoices):
        NEW = "NEW", _("Not looked at yet")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Not believed")
        UNKNOWN = "UNKNOWN", _("Names no payment of ours")

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="callbacks")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    claim = models.CharField(max_length=12)  # the address it came to: success, fail, cancel, ipn
    order = models.CharField(max_length=40, blank=True)  # what it says it is about
    attempt = models.ForeignKey(
        PaymentAttempt, null=True, on_delete=models.PROTECT, related_name="callbacks"
    )
    fields = models.JSONField()  # name → value; lists of values where a name came twice
    fingerprint = models.CharField(max_length=64)
    ip = models.GenericIPAddressField(null=True)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=State.choices, default=State.NEW)
    words = models.CharField(max_length=200, blank=True)  # what was made of it
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="callback_once", fields=["account", "fingerprint"])
        ]
        indexes = [
            models.Index(name="callback_new", fields=["id"], condition=Q(state="NEW")),
            models.Index(name="callback_received", fields=["-received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.order}"
