"""Calls written down: with whom, how it went, and what is to follow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Call, Customer, Lead
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

ONCE_WITHIN = timedelta(minutes=5)
MAX_LENGTH = 4000

Outcome = Call.Outcome


class CallRefused(DomainError):
    """A call back needs a time to come and somebody to do it."""


@dataclass(frozen=True)
class Talk:
    """What is said of a call. `seconds` is how long it was, where that is known."""

    outcome: str
    direction: str = Call.Direction.OUT
    text: str = ""
    seconds: int | None = None
    follow_up_at: datetime | None = None
    owner: User | None = None
    phone: str = ""


@transaction.atomic
def log(
    *,
    talk: Talk,
    act: Act[User],
    customer: Customer | None = None,
    lead: Lead | None = None,
    ticket_id: int | None = None,
) -> Call:
    """Write a call down; what was to be followed up with the same one is done by it.

    Raises CallRefused.
    """
    _check(talk, at=act.at)
    side = customer if customer is not None else lead
    if side is None:
        raise CallRefused(_("A call is with a customer or a lead."))
    trail.begin(act=act)
    type(side)._default_manager.select_for_update(of=("self",)).get(pk=side.pk)
    earlier = Call.objects.filter(customer=customer, lead=lead)
    again = earlier.filter(by=act.actor, is_counted=True, at__gt=act.at - ONCE_WITHIN)
    is_counted = not again.exists()
    _end(customer=customer, lead=lead, at=act.at)
    call = Call.objects.create(
        customer=customer,
        lead=lead,
        ticket_id=ticket_id,
        branch_id=side.branch_id,
        direction=talk.direction,
        phone=talk.phone or side.phone,
        seconds=talk.seconds,
        outcome=talk.outcome,
        text=talk.text.strip(),
        by=act.actor,
        at=act.at,
        is_counted=is_counted,
        owner=(talk.owner or act.actor) if talk.follow_up_at is not None else None,
        follow_up_at=talk.follow_up_at,
    )
    if customer is not None:
        live.changed(accounts=[customer.pk])
    return call


def noted(*, customer: Customer, at: datetime) -> None:
    """A remark was written: whoever was to be called back has been thought of."""
    _end(customer=customer, lead=None, at=at)


@transaction.atomic
def finish(*, call: Call, act: Act[User]) -> Call:
    """Say that there is nothing left to follow up."""
    trail.begin(act=act)
    Call.objects.filter(pk=call.pk, follow_up_at__isnull=False, done_at__isnull=True).update(
        done_at=act.at
    )
    call.refresh_from_db()
    return call


def _end(*, customer: Customer | None, lead: Lead | None, at: datetime) -> None:
    open_ones = Call.objects.filter(
        customer=customer, lead=lead, follow_up_at__isnull=False, done_at__isnull=True
    )
    open_ones.update(done_at=at)


def _check(talk: Talk, *, at: datetime) -> None:
    if talk.outcome not in Outcome.values:
        raise CallRefused(_("Say how the call went."))
    if len(talk.text) > MAX_LENGTH:
        raise CallRefused(_("A note may have at most 4,000 characters."))
    if talk.outcome == Outcome.CALL_BACK and talk.follow_up_at is None:
        raise CallRefused(_("Say when to call back."))
    if talk.follow_up_at is not None and talk.follow_up_at <= at:
        raise CallRefused(_("A follow-up lies ahead."))
