from django.db import models
from django.db.models import Q

from ispbill.notifications.models.message import Message


class MessagePrice(models.Model):
    """What one part of a message costs from a day on, in the company's currency.

    An empty provider stands for all of them, an empty prefix for every number; which row counts
    for a message is `rules.prices`. A message keeps what it cost on the day it was handed over.
    """

    channel = models.CharField(max_length=10, choices=Message.Channel.choices)
    provider = models.CharField(max_length=20, blank=True)  # as messages name it: "twilio"
    prefix = models.CharField(max_length=16, blank=True)  # of an E.164 number: "+88017"
    valid_from = models.DateField()
    price = models.DecimalField(max_digits=14, decimal_places=4)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="message_price_once", fields=["channel", "provider", "prefix", "valid_from"]
            ),
            models.CheckConstraint(name="message_price_is_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="message_price_prefix_begins_a_number",
                condition=Q(prefix="") | Q(prefix__regex=r"^\+[1-9][0-9]*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.provider} {self.prefix} from {self.valid_from}: {self.price}"

    @property
    def channel_words(self) -> str:
        return str(Message.Channel(self.channel).label)


class BudgetAlarm(models.Model):
    """That a share of a month's budget for messages is used; raised once for each budget."""

    month = models.DateField()  # its first day, of the company's calendar
    budget = models.DecimalField(max_digits=14, decimal_places=2)
    percent = models.PositiveSmallIntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="budget_alarm_once", fields=["month", "budget", "percent"]
            ),
            models.CheckConstraint(
                name="budget_alarm_is_of_a_first_day", condition=Q(month__day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month}: {self.percent} percent of {self.budget}"
