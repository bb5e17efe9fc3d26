"""Changing a password: by its owner, with a link, or a temporary one set by staff."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from ispbill.accounts.models import User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class PasswordRefused(DomainError):
    """The new password is too easy; the message says why."""


def check(*, user: User, password: str) -> None:
    """Return when this may be the person's password. Raises PasswordRefused."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from error


@transaction.atomic
def change(
    *, user: User, password: str, act: Act[Actor], keep_session: str = "", must_change: bool = False
) -> User:
    """Set a new password and end the user's other sessions. Raises PasswordRefused."""
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
