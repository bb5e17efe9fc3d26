"""What the outbox tells: somebody has answered STOP."""

from datetime import datetime

from django.dispatch import receiver

from customers.models import Customer
from customers.services import opting_out
from ispbill.core.acts import Act
from ispbill.notifications.signals import offers_stopped


@receiver(offers_stopped)
def stop_offers(*, phone: str, at: datetime, **_: object) -> None:
    """Send no more offers to any account of this number: nobody can tell which of them is meant."""
    for customer in Customer.objects.filter(phone=phone).order_by("pk"):
        opting_out.stop_offers(customer=customer, act=Act(None, at))
