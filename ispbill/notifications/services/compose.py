"""Put messages into the outbox, in the transaction of the change they tell of.

Nothing is sent here. The row waits for the commit, the senders are woken after it, and a sweep
finds what a lost call left behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

from django.db import connection, transaction

from ispbill.accounts.models import User
from ispbill.core import clock, jobs, live, statements
from ispbill.notifications.models import EventRefusal, Message, PushDevice, ReminderRefusal
from ispbill.notifications.queries import choices
from ispbill.notifications.rules import quiet, wishes, wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import push_letters

KEY_LENGTH = 100  # of 120 characters: a copy sent again by hand adds the minute to its key


@dataclass(frozen=True)
class Terms:
    """How messages of one event leave, as the company's choices stand now."""

    channels: tuple[str, ...]
    turned_off: frozenset[tuple[str, str]]
    """The (channel, language) pairs for which the event sends nothing."""
    is_urgent: bool
    at_once: datetime
    after_quiet_hours: datetime
    has_devices: bool = False
    """Whether the company sends notifications, and any device wants them."""

    def first_chance(self, channel: str) -> datetime:
        """E-mail wakes nobody; the rest waits for the morning unless it is urgent."""
        waits = not self.is_urgent and channel != wording.EMAIL
        return self.after_quiet_hours if waits else self.at_once


@dataclass(frozen=True)
class Letter:
    """What one person is to be told, and how they can be reached.

    `dedup` names the fact told of (an invoice's number, a receipt's): the same event, fact and
    channel is queued once, however often it is asked for. `context` has raw JSON values, money as
    text with two decimals and days as ISO dates (`rules.events.Kind`); the company's name, help
    line and addresses are added when the text is written.
    """

    phone: str
    email: str
    language: str
    context: Mapping[str, Any]
    dedup: str
    customer_id: int | None = None
    user_id: int | None = None
    wants_sms: bool = True
    wants_whatsapp: bool = False
    wants_email: bool = True

    def ways(self, event: str, channels: Sequence[str]) -> list[tuple[str, str, bool]]:
        """Return each channel, the address there, and whether an event goes that way."""
        found = wishes.ways(self)
        reaches = any(place and wants and channel in channels for channel, place, wants in found)
        if reaches or event not in wishes.LEGAL:
            return found
        last = wishes.last_way(email=self.email, channels=channels)
        return [(channel, place, channel == last) for channel, place, _wants in found]


class Reader(Protocol):
    """A customer, as far as a letter wants to know: the apps above know the rest."""

    pk: int
    number: str
    name: str
    phone: str
    email: str
    language: str
    wants_sms: bool
    wants_whatsapp: bool
    wants_email: bool


def to_customer(customer: Reader, context: Mapping[str, Any], *, dedup: str) -> Letter:
    """Return a letter to a customer, by the ways they want; `context` beside name and number."""
    return Letter(
        phone=customer.phone,
        email=customer.email,
        language=customer.language,
        context={"name": customer.name, "number": customer.number, **context},
        dedup=dedup,
        customer_id=customer.pk,
        wants_sms=customer.wants_sms,
        wants_whatsapp=customer.wants_whatsapp,
        wants_email=customer.wants_email,
    )


def to_person(
    person: User, context: Mapping[str, Any], *, fact: str, language: str | None = None
) -> Letter:
    """Return a letter about a fact to one of the house; `context` beside the name.

    `language`: another than the person's own.
    """
    return Letter(
        phone=person.phone,
        email=person.email,
        language=person.language if language is None else language,
        context={"name": person.name, **context},
        dedup=f"{fact}:{person.pk}",
        user_id=person.pk,
    )


def enqueue(
    letter: Letter,
    *,
    event: str,
    at: datetime,
    channels: Sequence[str] | None = None,
    is_urgent: bool = False,
) -> int:
    """Queue one message for each suitable channel; return how many are new (see `enqueue_all`)."""
    return enqueue_all([letter], event=event, at=at, channels=channels, is_urgent=is_urgent)


def enqueue_all(
    letters: Sequence[Letter],
    *,
    event: str,
    at: datetime,
    channels: Sequence[str] | None = None,
    is_urgent: bool = False,
    now: "Terms | None" = None,
) -> int:
    """Queue the letters of one event for each suitable channel; return how many are new.

    A channel is used when the company uses it, the person wants it, there is an address for it,
    and its wording is not turned off; `channels` overrides the first two. Devices that want
    notifications get one besides (`push_letters`). `now` are the terms,
    when they are at hand. Raises KeyError for an event nobody has defined.
    """
    now = now or terms(event=event, at=at, is_urgent=is_urgent)
    letters = _willing(letters, event=event)
    rows = [
        _row(letter, now, event=event, channel=channel, recipient=recipient)
        for letter in letters
        for channel, recipient, is_wanted in letter.ways(event, now.channels)
        if recipient
        and (channel in channels if channels is not None else is_wanted and channel in now.channels)
        and (channel, wording.language_for(letter.language)) not in now.turned_off
    ]
    rows += [
        _row(letter, now, event=event, channel=Message.WEB_PUSH, device=device)
        for letter, device in push_letters.ways(letters, event=event, now=now, channels=channels)
    ]
    if not rows:
        return 0
    with transaction.atomic(savepoint=False):
        written = insert(rows)
        wake_after_commit()
    return written


def _willing(letters: Sequence[Letter], *, event: str) -> Sequence[Letter]:
    """Leave out those who do not want this event, or no reminders if it is one."""
    if event not in wishes.CHOOSABLE:
        return letters
    asked = [letter.customer_id for letter in letters if letter.customer_id is not None]
    rows = EventRefusal.objects.filter(customer_id__in=asked, event=event)
    refusing = rows.values_list("customer_id", flat=True)
    if event in wishes.REMINDERS:
        reminders = ReminderRefusal.objects.filter(pk__in=asked)
        refusing = refusing.union(reminders.values_list("customer_id", flat=True))
    refused = set(refusing)
    return [letter for letter in letters if letter.customer_id not in refused]


def _row(
    letter: Letter,
    now: Terms,
    *,
    event: str,
    channel: str,
    recipient: str = "",
    device: PushDevice | None = None,
) -> Message:
    """Return the message of a letter to an address, or to a device."""
    place = channel if device is None else f"{channel}.{device.pk}"
    return Message(
        dedup_key=key(event=event, dedup=letter.dedup, channel=place),
        event=event,
        channel=channel,
        recipient=recipient if device is None else device.address,
        customer_id=letter.customer_id,
        user_id=letter.user_id,
        language=wording.language_for(letter.language),
        context=dict(letter.context),
        is_urgent=now.is_urgent,
        next_attempt_at=now.first_chance(channel),
        created_at=now.at_once,
    )


def terms(*, event: str, at: datetime, is_urgent: bool) -> Terms:
    """Return the present terms for an event. KeyError for one nobody has defined."""
    return terms_of(choices.read(event), event=event, at=at, is_urgent=is_urgent)


def terms_of(chosen: choices.Chosen, *, event: str, at: datetime, is_urgent: bool = False) -> Terms:
    """Return the terms for an event by the company's choices about it."""
    return Terms(
        channels=chosen.channels,
        turned_off=chosen.turned_off,
        is_urgent=is_urgent or EVENTS[event].is_urgent,
        at_once=at,
        after_quiet_hours=quiet.first_chance(
            at,
            zone=clock.zone(),
            from_hour=chosen.quiet_from_hour,
            until_hour=chosen.quiet_until_hour,
        ),
        has_devices=chosen.has_devices,
    )


def key(*, event: str, dedup: str, channel: str) -> str:
    """Return the key that makes a message the only one of its kind."""
    whole = f"{event}:{dedup}:{channel}"
    if len(whole) <= KEY_LENGTH:
        return whole
    return f"{event}:{sha256(dedup.encode()).hexdigest()[:40]}:{channel}"


def insert(rows: Sequence[Message]) -> int:
    """Write rows whose key is new; return how many were (bulk_create does not tell)."""
    live.changed("message")
    return statements.insert_new(rows, unique="dedup_key")


def wake_after_commit() -> None:
    """Wake the senders once the transaction is saved (now, outside of one)."""
    if not connection.in_atomic_block:
        jobs.wake("notifications.send_messages")
        return
    called = {getattr(waiting[1], "args", ())[:1] for waiting in connection.run_on_commit}
    if ("notifications.send_messages",) not in called:
        transaction.on_commit(partial(jobs.wake, "notifications.send_messages"))
