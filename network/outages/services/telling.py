"""Messages about an outage: one for each number and channel, the all-clear only to the told."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import Message
from ispbill.notifications.rules import wording
from ispbill.notifications.services import compose
from network.outages.models import Outage, OutageTold, OutageUpdate
from network.outages.queries import reach
from network.outages.queries.reach import Person, Reach, Way

OPENED, UPDATED, CLEARED, PLANNED = (
    "outage_opened",
    "outage_update",
    "outage_cleared",
    "maintenance_planned",
)


class ReachChanged(DomainError):
    """Other people are in reach than were shown: somebody must look again."""


def event_of(outage: Outage) -> str:
    """Return the occasion of an outage's first message."""
    return PLANNED if outage.is_planned else OPENED


def preview(outage: Outage, *, at: datetime, text: str = "", local_text: str = "") -> Reach:
    """Return whom a message about an outage would reach, and what it would say."""
    event = event_of(outage)
    terms = compose.terms(event=event, at=at, is_urgent=False)
    contexts = {
        language: _context(outage, text, local_text, language) for language in wording.LANGUAGES
    }
    return reach.preview(reach.of_outage(outage), event=event, terms=terms, contexts=contexts)


def tell(outage: Outage, update: OutageUpdate, *, seen: str, act: Act) -> int:
    """Queue the words for everybody in reach; return how many messages are new.

    Who was told before gets an update, who was not the opening. In the transaction of the step,
    with the outage locked. Raises ReachChanged when `seen` is another reach than the present.
    """
    event = event_of(outage)
    terms = compose.terms(event=event, at=act.at, is_urgent=False)
    chosen = reach.ways(reach.of_outage(outage), terms)
    if reach.digest(chosen) != seen:
        raise ReachChanged(_("Other customers are in reach now. Look at the number again."))
    known = set(outage.told.values_list("channel", "recipient"))
    fresh = {way: one for way, one in chosen.items() if way not in known}
    again = {way: one for way, one in chosen.items() if way in known}
    written = _queue(outage, update, event, fresh, act=act)
    written += _queue(outage, update, UPDATED, again, act=act)
    OutageTold.objects.bulk_create(
        [
            OutageTold(
                outage=outage,
                customer_id=person.pk,
                channel=channel,
                recipient=recipient,
                told_at=act.at,
            )
            for (channel, recipient), person in fresh.items()
        ],
        ignore_conflicts=True,
    )
    if outage.is_planned and outage.announced_at is None:
        outage.announced_at = act.at
        outage.save(update_fields=["announced_at"])
    return written


def clear(outage: Outage, update: OutageUpdate, *, act: Act, is_partly: bool = False) -> int:
    """Tell those who were told that it is over; `is_partly`: those who are in no open place now.

    An opening that has not left the house is dropped, and nobody is told of its end.
    """
    told = list(outage.told.filter(cleared_at=None))
    if is_partly:
        still = {person.pk for person in reach.of_outage(outage)}
        told = [one for one in told if one.customer_id not in still]
    dropped = _drop_unsent(outage, {one.customer_id for one in told})
    gone = [one.pk for one in told if (one.channel, one.recipient) in dropped]
    OutageTold.objects.filter(pk__in=gone).delete()
    left = [one for one in told if one.pk not in set(gone)]
    people = _people({one.customer_id for one in left})
    chosen = {
        (one.channel, one.recipient): people[one.customer_id]
        for one in left
        if one.customer_id in people
    }
    outage.told.filter(pk__in=[one.pk for one in left]).update(cleared_at=act.at)
    return _queue(outage, update, CLEARED, chosen, act=act)


def _queue(
    outage: Outage, update: OutageUpdate, event: str, chosen: dict[Way, Person], *, act: Act
) -> int:
    if not chosen:
        return 0
    terms = compose.terms(event=event, at=act.at, is_urgent=False)
    by_language = {
        language: _context(outage, update.text, update.local_text, language)
        for language in wording.LANGUAGES
    }
    rows = [
        Message(
            dedup_key=compose.key(
                event=event, dedup=f"{outage.number}:{update.pk}:{recipient}", channel=channel
            ),
            event=event,
            channel=channel,
            recipient=recipient,
            customer_id=person.pk,
            language=wording.language_for(person.language),
            context={
                **by_language[wording.language_for(person.language)],
                "name": person.name,
                "number": person.number,
            },
            is_urgent=terms.is_urgent,
            next_attempt_at=terms.first_chance(channel),
            created_at=act.at,
        )
        for (channel, recipient), person in chosen.items()
        if (channel, wording.language_for(person.language)) not in terms.turned_off
    ]
    written = compose.insert(rows) if rows else 0
    if written:
        compose.wake_after_commit()
    return written


def _drop_unsent(outage: Outage, customer_ids: set[int]) -> set[Way]:
    """Stop messages of an outage that still wait; return the ways whose opening was among them."""
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        customer_id__in=customer_ids,
        event__in=(OPENED, UPDATED, PLANNED),
        state=Message.State.QUEUED,
        context__outage=outage.number,
    )
    found = list(waiting)
    Message.objects.filter(pk__in=[one.pk for one in found]).update(
        state=Message.State.CANCELLED, error="the outage is over"
    )
    return {(one.channel, one.recipient) for one in found if one.event != UPDATED}


def _people(customer_ids: set[int]) -> dict[int, Person]:
    return {one.pk: one for one in reach.known(customer_ids)}


def _context(outage: Outage, text: str, local_text: str, language: str) -> dict[str, Any]:
    is_bangla = language == "bn"
    expected = ""
    if outage.expected_at is not None:
        expected = formats.moment(outage.expected_at, clock.zone(), language)
    return {
        "outage": outage.number,
        "subject": (is_bangla and outage.local_title) or outage.title,
        "text": (is_bangla and local_text) or text,
        "begins": formats.moment(outage.started_at, clock.zone(), language),
        "expected": expected or ("এখনো জানা নেই" if is_bangla else "not known yet"),
        "status_url": f"{settings.PUBLIC_URL}/status",
    }
