"""Who is it: a login with its password, or with a code sent to the phone.

Every refusal reads the same and costs the same, whether the login exists or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.accounts.services import one_time_codes, throttle
from ispbill.audit.services import events
from ispbill.core import phones
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

Lookup = Callable[[str], str | None]

_lookups: list[Lookup] = []


class WrongCredentials(DomainError):
    """Login and password, or code, do not belong together."""


@dataclass(frozen=True)
class Device:
    """Where a sign-in comes from; `ip` may be ""."""

    ip: str = ""
    user_agent: str = ""


def register_lookup(lookup: Lookup) -> None:
    """Add a way to find a login by what people type (a customer number, an e-mail address)."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def normalised(typed: str) -> str:
    """Return the stored form of a login: an e-mail in lower case, or a phone as E.164."""
    typed = " ".join(typed.replace("\x00", "").split())[:120]
    for lookup in _lookups:
        found = lookup(typed)
        if found:
            return found
    if "@" not in typed:
        try:
            return phones.normalise(typed, Company.current().phone_region)
        except phones.PhoneRefused:
            pass
    return typed.lower()


def by_password(*, login: str, password: str, device: Device, at: datetime) -> User:
    """Return the user behind a login and password.

    Raises TooManyTries or WrongCredentials. Nothing is signed in yet: see `services.sessions`.
    """
    key = normalised(login)
    throttle.count(login=key, ip=device.ip)
    user = authenticate(login=key, password=password)
    if not isinstance(user, User):
        failed(login=key, how="password", at=at)
        raise WrongCredentials(_("The login or the password is not right."))
    throttle.forgive(login=key, ip=device.ip)
    return user


def by_code(*, login: str, code: str, device: Device, at: datetime) -> User:
    """Return the customer behind a login and the code sent to its phone.

    Raises TooManyTries or WrongCredentials.
    """
    throttle.count(login=f"code:{login}", ip=device.ip)
    is_right = one_time_codes.check(login=login, purpose="sign-in", code=code, at=at)
    user = customer(login)
    if not is_right or user is None:
        failed(login=login, how="code", at=at)
        raise WrongCredentials(_("This code is not right, or it is too old."))
    throttle.forgive(login=f"code:{login}", ip=device.ip)
    return user


def customer(login: str) -> User | None:
    """Return the active customer user with this (normalised) login."""
    return User.objects.filter(login=login, role=User.Role.CUSTOMER, is_active=True).first()


def failed(*, login: str, how: str, at: datetime) -> None:
    """Keep a failed try in the audit log, and the lock that follows from it.

    What was typed is not kept as it is: people type passwords into the wrong field.
    """
    user = User.objects.filter(login=login).first()
    label = str(user) if user is not None else "unknown login"
    actions = [throttle.FAILED]
    if throttle.is_last(login=login):
        actions.append("user.locked_out")
    with transaction.atomic():
        for action in actions:
            events.note(
                events.Target(
                    type="login",
                    id=throttle.mark(login),
                    label=label,
                    branch_id=user.branch_id if user is not None else None,
                ),
                act=Act(None, at),
                action=action,
                after={"how": how},
            )
