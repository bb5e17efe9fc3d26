"""Somebody wants to be asked nothing any more, or again."""

from django.db import transaction

from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tickets.models import SurveyRefusal

EVENTS = ("ticket_survey", "opinion_survey")
_ERROR = "The customer wants no more surveys."


@transaction.atomic
def stop(*, customer: Customer, act: Act) -> bool:
    """Ask a customer nothing any more; questions that still wait are not sent.

    Return whether they were asked until now.
    """
    trail.begin(act=act)
    Message.objects.filter(
        customer_id=customer.pk, event__in=EVENTS, state=Message.State.QUEUED
    ).update(state=Message.State.CANCELLED, error=_ERROR)
    _row, is_new = SurveyRefusal.objects.get_or_create(customer=customer, defaults={"at": act.at})
    if is_new:
        _note(customer, "surveys_stopped", act=act)
    return is_new


@transaction.atomic
def resume(*, customer: Customer, act: Act) -> bool:
    """Ask a customer again from now on. Return whether they had wanted to be asked nothing."""
    trail.begin(act=act)
    gone, _each = SurveyRefusal.objects.filter(customer=customer).delete()
    if gone:
        _note(customer, "surveys_wanted", act=act)
    return bool(gone)


def _note(customer: Customer, what: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=f"customer.{what}",
        target=customer,
        label=customer.number,
        customer_id=customer.pk,
    )
