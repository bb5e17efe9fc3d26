from django.db import models

from ispbill.notifications.models.message import Message


class Wording(models.Model):
    """The company's own text for an event, channel and language; an inactive one sends nothing.

    Where no row exists the shipped wording is used (`notifications.rules.wording.SHIPPED`).
    Placeholders are plain `{name}` substitution from a closed list; nothing is ever executed.
    """

    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Message.Channel.choices)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wording_once", fields=["event", "channel", "language"])
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.language}"
