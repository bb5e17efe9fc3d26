"""A collector's round: cash taken at two doors, one of which had paid already."""

from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Customer
from fieldservice.rounds.rules import numbers
from fieldservice.rounds.services import receipts
from fieldservice.rounds.services.receipts import Taken
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground


def show(*, base: Ground, now: datetime) -> None:
    """Give the collector a phone, and let it send what was taken this morning."""
    who = base.staff["collector@demo.test"]
    begun = now - timedelta(hours=3)
    device = receipts.register_device(act=Act(who, begun))
    owing = Customer.objects.filter(branch=who.branch, account_state__balance_amount__gt=0)
    doors = list(owing.select_related("account_state").order_by("-pk")[:2])
    for place, customer in enumerate(doors):
        taken_at = begun + timedelta(minutes=25 * place)
        amount = customer.account_state.balance_amount + Decimal(500) * place
        number = numbers.written(device.code, place + 1)
        sent = Taken(number, customer, amount, client_at=taken_at, sent_at=now)
        receipts.take_in(device=device, taken=sent, act=Act(who, now))
