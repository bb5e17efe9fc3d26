"""Put messages into the outbox, in the transaction of the change they tell of.

Nothing is sent here. The row waits for the commit, the senders are rung after it, and a sweep
finds what a lost ring left behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from ispbill.core import clock, jobs
from ispbill.notifications import tasks
from ispbill.notifications.models import Message, MessageSettings
from ispbill.notifications.queries import wordings
from ispbill.notifications.rules import quiet, wording
from ispbill.notifications.rules.events import EVENTS

KEY_LENGTH = 100  # of 120 characters: a copy sent again by hand adds the minute to its key


@dataclass(frozen=True)
class Terms:
    """How messages of one event leave, as the company's choices stand now."""

    channels: tuple[str, ...]
    is_urgent: bool
    at_once: datetime
    after_quiet_hours: datetime

    def first_chance(self, channel: str) -> datetime:
        """E-mail wakes nobody; the rest waits for the morning unless it is urgent."""
        waits = not self.is_urgent and channel != wording.EMAIL
        return self.after_quiet_hours if waits else self.at_once


def enqueue(
    *,
    event: str,
    recipient_phone: str,
    recipient_email: str,
    language: str,
    context: Mapping[str, Any],
    dedup: str,
    at: datetime,
    customer_id: int | None = None,
    user_id: int | None = None,
    channels: Sequence[str] | None = None,
    wants_sms: bool = True,
    wants_whatsapp: bool = False,
    wants_email: bool = True,
    is_urgent: bool = False,
) -> int:
    """Queue one message for each suitable channel; return how many are new.

    `dedup` names the fact told of (an invoice's number, a receipt's): the same event, fact and
    channel is queued once, however often this is called. `context` has raw JSON values, money as
    text with two decimals and days as ISO dates (`rules.events.Kind`); the company's name, help
    line and addresses are added when the text is written. A channel is used when the company
    uses it, the person wants it, there is an address for it, and its wording is not turned off;
    `channels` overrides the first two. Raises KeyError for an event nobody has defined.
    """
    now = terms(event=event, at=at, is_urgent=is_urgent)
    code = wording.language_for(language)
    wanted = [
        ("SMS", recipient_phone, wants_sms),
        ("WHATSAPP", recipient_phone, wants_whatsapp),
        ("EMAIL", recipient_email, wants_email),
    ]
    off = wordings.turned_off(event)
    rows = [
        Message(
            dedup_key=key(event=event, dedup=dedup, channel=channel),
            event=event,
            channel=channel,
            recipient=recipient,
            customer_id=customer_id,
            user_id=user_id,
            language=code,
            context=dict(context),
            is_urgent=now.is_urgent,
            next_attempt_at=now.first_chance(channel),
            created_at=at,
        )
        for channel, recipient, is_wanted in wanted
        if recipient
        and (channel in channels if channels is not None else is_wanted and channel in now.channels)
        and (channel, code) not in off
    ]
    if not rows:
        return 0
    with transaction.atomic(savepoint=False):
        written = insert(rows)
        ring_after_commit()
    return written


def terms(*, event: str, at: datetime, is_urgent: bool) -> Terms:
    """Return the present terms for an event. KeyError for one nobody has defined."""
    return terms_of(MessageSettings.current(), event=event, at=at, is_urgent=is_urgent)


def terms_of(
    settings: MessageSettings, *, event: str, at: datetime, is_urgent: bool = False
) -> Terms:
    """Return the terms for an event under these choices of the company."""
    return Terms(
        channels=settings.channels,
        is_urgent=is_urgent or EVENTS[event].is_urgent,
        at_once=at,
        after_quiet_hours=quiet.first_chance(
            at,
            zone=clock.zone(),
            from_hour=settings.quiet_from_hour,
            until_hour=settings.quiet_until_hour,
        ),
    )


def key(*, event: str, dedup: str, channel: str) -> str:
    """Return the key that makes a message the only one of its kind."""
    whole = f"{event}:{dedup}:{channel}"
    if len(whole) <= KEY_LENGTH:
        return whole
    return f"{event}:{sha256(dedup.encode()).hexdigest()[:40]}:{channel}"


def insert(rows: Sequence[Message]) -> int:
    """Write rows whose key is new; return how many were (bulk_create does not tell)."""
    fields = [field for field in Message._meta.concrete_fields if not field.primary_key]
    quoted = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        # Column names come from the model; every value is a parameter.
        cursor.execute(
            f"INSERT INTO notifications_message ({quoted}) VALUES {marks}"  # noqa: S608
            " ON CONFLICT (dedup_key) DO NOTHING",
            values,
        )
        return int(cursor.rowcount)


def ring_after_commit() -> None:
    """Ring the senders once the transaction is saved (now, outside of one)."""
    if not connection.in_atomic_block:
        jobs.ring_for_all(tasks.send_messages)
        return
    rung = {getattr(waiting[1], "args", ())[:1] for waiting in connection.run_on_commit}
    if (tasks.send_messages,) not in rung:
        transaction.on_commit(partial(jobs.ring_for_all, tasks.send_messages))
