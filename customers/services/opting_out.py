"""Somebody wants no more offers."""

from django.db import transaction

from customers.models import Customer
from customers.queries.campaigns import STOPPED_OFFERS
from customers.queries.letters import OFFER
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.notifications.models import Message

_ERROR = "The customer wants no more offers."


@transaction.atomic
def stop_offers(*, customer: Customer, act: Act) -> bool:
    """Take back a customer's consent to offers; those that still wait are not sent.

    Return whether there was a consent to take back.
    """
    trail.begin(act=act)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    waiting = Message.objects.filter(
        customer_id=customer.pk, event=OFFER, state=Message.State.QUEUED
    )
    waiting.update(state=Message.State.CANCELLED, error=_ERROR)
    if not customer.wants_marketing:
        return False
    customer.wants_marketing = False
    customer.save(update_fields=["wants_marketing"])
    events.record(
        act=act,
        action=STOPPED_OFFERS,
        target=customer,
        customer_id=customer.pk,
        before={"wants_marketing": True},
        after={"wants_marketing": False},
    )
    return True
