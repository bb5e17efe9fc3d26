"""Phones the app keeps jobs on: registered, ended when lost, and what a lost one hands in."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import FieldDevice
from fieldservice.queries import orders
from fieldservice.services import outbox
from fieldservice.services.outbox import Sent
from ispbill.accounts.models import SignedInSession, User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST_PHONES = 2  # a person
FORGOTTEN_AFTER = timedelta(days=30)  # a phone not seen for so long takes nobody's place
HANDS_IN_FOR = timedelta(hours=72)
MOST_HANDED_IN = 200


class TooManyPhones(DomainError):
    """The person has two phones already."""


class PhoneEnded(DomainError):
    """The phone was ended; it is told so when it says farewell."""


def digest(token: str) -> str:
    """Return what is stored of a phone's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def register(*, token: str, name: str, session_id: int | None, act: Act[User]) -> FieldDevice:
    """Know a phone by the secret it made for itself; the same one again is the same phone.

    Raises TooManyPhones, PhoneEnded for a secret that was ended or is another person's.
    """
    trail.begin(act=act)
    User.objects.select_for_update(no_key=True).get(pk=act.actor.pk)
    known = FieldDevice.objects.filter(token_digest=digest(token)).first()
    if known is not None:
        if known.ended_at is not None or known.person_id != act.actor.pk:
            raise PhoneEnded
        known.session_id, known.seen_at = session_id, act.at
        known.save(update_fields=["session_id", "seen_at"])
        return known
    mine = FieldDevice.objects.filter(person=act.actor, ended_at=None)
    if mine.filter(seen_at__gt=act.at - FORGOTTEN_AFTER).count() >= MOST_PHONES:
        raise TooManyPhones(
            _("You have two phones already. Ask the office to end one of them first.")
        )
    made = FieldDevice.objects.create(
        token_digest=digest(token),
        person=act.actor,
        name=name[:200],
        session_id=session_id,
        registered_at=act.at,
        seen_at=act.at,
    )
    _record(made, "registered", act=act)
    return made


@transaction.atomic
def end(*, device: FieldDevice, act: Act[User]) -> FieldDevice:
    """End a lost phone: signed out at once, wiped when it next comes. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    device = FieldDevice.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if device.ended_at is not None:
        return device
    _end(device, by=act.actor, reason=act.reason, at=act.at)
    session = SignedInSession.objects.filter(
        pk=device.session_id or 0, user_id=device.person_id
    ).first()
    if session is not None:
        sessions.revoke(session=session, act=act)
    _record(device, "ended", act=act)
    return device


@transaction.atomic
def called(
    *, token: str, at: datetime, by: User | None = None, session_id: int | None = None
) -> FieldDevice | None:
    """Return the phone with this secret as it is now; that of somebody who has left is ended.

    Where its person is signed in on it, that session is the one that ends with the phone.
    """
    found = FieldDevice.objects.select_for_update(of=("self",)).select_related("person")
    device = found.filter(token_digest=digest(token)).first()
    if device is not None and device.ended_at is None and not device.person.is_active:
        _end(device, by=None, reason=_("Its person no longer works here"), at=at)
        _record(device, "ended", act=Act(None, at))
    if device is not None and device.ended_at is None and by == device.person:
        _follow(device, session_id)
    return device


@transaction.atomic
def left(*, device: FieldDevice, at: datetime) -> FieldDevice:
    """Note that a phone has wiped itself: signed out by its person, or after it was ended."""
    device = FieldDevice.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if device.wiped_at is not None:
        return device
    if device.ended_at is None:
        _end(device, by=None, reason=_("Signed out"), at=at)
    device.wiped_at = at
    device.save(update_fields=["wiped_at"])
    _record(device, "wiped", act=Act(None, at))
    return device


def may_hand_in(device: FieldDevice, *, at: datetime) -> bool:
    """Tell whether a phone was ended, and so lately that what it has is still taken in."""
    return device.ended_at is not None and at <= device.ended_at + HANDS_IN_FOR


def hand_in(*, device: FieldDevice, sent: Sequence[tuple[str, Sent]], at: datetime) -> int:
    """Keep aside what an ended phone still had, by the job's number; the office applies it.

    At most 200 acts, within three days of the end; return how many were kept. Jobs its person was
    never given are passed over.
    """
    if not may_hand_in(device, at=at):
        return 0
    kept = 0
    mine = orders.ever_given_to(device.person)
    for number, act in sent:
        if device.actions.count() >= MOST_HANDED_IN:
            break
        order = mine.filter(number=number).first()
        if order is not None:
            outbox.set_aside(order=order, sent=act, device=device, at=at)
            kept += 1
    return kept


def _follow(device: FieldDevice, session_id: int | None) -> None:
    """Note the session a phone uses now: its person may have signed in anew."""
    if session_id is not None and device.session_id != session_id:
        device.session_id = session_id
        device.save(update_fields=["session_id"])


def _end(device: FieldDevice, *, by: User | None, reason: str, at: datetime) -> None:
    device.ended_at, device.ended_by, device.ended_reason = at, by, reason
    device.save(update_fields=["ended_at", "ended_by", "ended_reason"])


def _record(device: FieldDevice, what: str, *, act: Act[User | None] | Act[User]) -> None:
    events.record(
        act=act,
        action=f"field_device.{what}",
        target=device,
        label=device.person.name,
        branch_id=device.person.branch_id,
        after={"name": device.name[:80]},
    )
