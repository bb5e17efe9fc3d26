from django.db import models


class EventRefusal(models.Model):
    """A customer who does not want to hear of one event; gone once they want it again."""

    customer_id = models.BigIntegerField()  # plain: customers lies above this app
    event = models.CharField(max_length=40)  # of `rules.wishes.CHOOSABLE`
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="event_refusal_once", fields=["customer_id", "event"])
        ]

    def __str__(self) -> str:
        return f"no {self.event} for {self.customer_id}"
