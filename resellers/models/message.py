from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ispbill.notifications.models import Message
from resellers.models.reseller import Reseller


class ResellerMessage(models.Model):
    """A text a reseller has sent to own customers; what it queued counts towards the day's limit.

    The messages themselves are in the outbox. Their text as typed; in them stands below it whose
    it is.
    """

    class Audience(models.TextChoices):
        ALL = "ALL", _("All my customers")
        OVERDUE = "OVERDUE", _("Overdue customers")
        SUSPENDED = "SUSPENDED", _("Suspended customers")
        ONE = "ONE", _("One customer")

    reseller = models.ForeignKey(
        Reseller, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    audience = models.CharField(max_length=9, choices=Audience.choices)
    channel = models.CharField(max_length=10, choices=Message.Channel.choices)
    text = models.TextField()
    text_bn = models.TextField(blank=True)
    is_offer = models.BooleanField(default=False)
    chosen_count = models.PositiveIntegerField()  # customers
    message_count = models.PositiveIntegerField()  # of them, who were sent it
    parts = models.PositiveIntegerField(default=0)  # of SMS
    key = models.CharField(max_length=64)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sent_at = models.DateTimeField()
    sent_on = models.DateField()  # company date

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reseller_message_once_per_key", fields=["key"]),
            models.CheckConstraint(
                name="reseller_message_reaches_whom_it_chose",
                condition=Q(message_count__gt=0, message_count__lte=models.F("chosen_count")),
            ),
        ]
        indexes = [
            models.Index(name="reseller_message_of_day", fields=["reseller", "-sent_on", "-id"])
        ]

    def __str__(self) -> str:
        return f"{self.text[:40]} of reseller {self.reseller_id}"
