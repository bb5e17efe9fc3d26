"""Changing a password: by its owner, with a link, or a temporary one set by staff."""

import logging

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.gateways import breached
from ispbill.accounts.models import User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.outside import refuse_transaction

log = logging.getLogger(__name__)


class PasswordRefused(DomainError):
    """The new password is too easy; the message says why."""


def check(*, user: User, password: str) -> None:
    """Return when this may be the person's password. Raises PasswordRefused."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from error


def change(
    *, user: User, password: str, act: Act[Actor], keep_session: str = "", must_change: bool = False
) -> User:
    """Set a password somebody has chosen and end the user's other sessions.

    Never inside a transaction: a list of breached passwords may be asked. Raises PasswordRefused.
    """
    check(user=user, password=password)
    _refuse_breached(password)
    return change_to_made(
        user=user, password=password, act=act, keep_session=keep_session, must_change=must_change
    )


@transaction.atomic
def change_to_made(
    *, user: User, password: str, act: Act[Actor], keep_session: str = "", must_change: bool = False
) -> User:
    """Set a password that a machine has made at random; nobody outside is asked about it.

    Raises PasswordRefused.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    check(user=user, password=password)
    trail.begin(act=act)
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    ended = sessions.revoke_all(user=user, keep=keep_session)
    events.record(
        act=act,
        action="user.password_changed",
        target=user,
        after={"sessions_ended": ended, "must_change": must_change},
    )
    return user


def _refuse_breached(password: str) -> None:
    """Raise PasswordRefused for a password in the list of breached ones, where one is asked.

    Without an answer it is taken: the list of common ones that everybody has still holds.
    """
    if not settings.BREACHED_PASSWORDS_URL:
        return
    refuse_transaction("the list of breached passwords")
    try:
        times = breached.count(password, settings.BREACHED_PASSWORDS_URL)
    except breached.NotAsked as error:
        log.warning("breached passwords not asked", extra={"reason": str(error)})
        return
    if times:
        raise PasswordRefused(
            _("This password was stolen elsewhere and is in lists that thieves try. Take another.")
        )
