"""Who is signed in where, and how to end it.

Moments here are real ones: the business clock of a demo may jump by days, a session should not.
"""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from ispbill.accounts.models import SignedInSession, User
from ispbill.accounts.services.sign_in import Device
from ispbill.accounts.signals import session_ended
from ispbill.audit.services import events
from ispbill.core.actors import Actor
from ispbill.core.acts import Act

LONGEST = timedelta(days=30)  # whatever happens, sign in again after this


@transaction.atomic
def begin(
    *,
    user: User,
    session_key: str,
    device: Device,
    how: str,
    second_factor: str,
    at: datetime,
    real_at: datetime,
) -> SignedInSession:
    """Note a new session and its event; `how` is password, code, or passkey."""
    row, _created = SignedInSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "started_at": real_at,
            "last_seen_at": real_at,
            "ip": device.ip or None,
            "user_agent": device.user_agent[:200],
            "second_factor": second_factor,
        },
    )
    events.record(
        act=Act(user, at),
        action="user.signed_in",
        target=user,
        after={"how": how, "second_factor": second_factor},
    )
    return row


def seen(*, session_id: int, real_at: datetime) -> bool:
    """Note that the session is in use; False when it was revoked meanwhile."""
    return bool(SignedInSession.objects.filter(pk=session_id).update(last_seen_at=real_at))


def is_there(*, session_id: int) -> bool:
    """Tell whether the session was not revoked, without noting any use of it."""
    return SignedInSession.objects.filter(pk=session_id).exists()


def renamed(*, session_id: int, session_key: str) -> None:
    """Follow a session to its new key (it changes with the password)."""
    SignedInSession.objects.filter(pk=session_id).update(session_key=session_key)


@transaction.atomic
def end(*, session_id: int, user: User, at: datetime) -> None:
    """Note that a session was signed out by its owner."""
    SignedInSession.objects.filter(pk=session_id).delete()
    session_ended.send(SignedInSession, session_id=session_id)
    events.record(act=Act(user, at), action="user.signed_out", target=user)


@transaction.atomic
def revoke(*, session: SignedInSession, act: Act[Actor]) -> None:
    """End one session at once, wherever it is."""
    user = session.user
    _drop(session)
    events.record(act=act, action="user.session_revoked", target=user)


@transaction.atomic
def revoke_all(*, user: User, keep: str = "") -> int:
    """End every session of a user, except the one with the key `keep`; return how many."""
    found = list(SignedInSession.objects.filter(user=user).exclude(session_key=keep))
    for session in found:
        _drop(session)
    return len(found)


def _drop(session: SignedInSession) -> None:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
    store.delete()
    session_ended.send(SignedInSession, session_id=session.pk)
    session.delete()
