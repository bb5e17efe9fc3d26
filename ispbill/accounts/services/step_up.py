"""Who is asking, once more: what must not be done by whoever found a session open.

A person with a password shows it, or a factor instead; a person who has neither (a customer who
signs in with codes) gets a code. The present password is tried five times in a quarter of an
hour, wherever it is asked for; then the session is over.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import TotpDevice, User
from ispbill.accounts.services import one_time_codes, second_factor, throttle
from ispbill.accounts.services.sign_in import Device
from ispbill.audit.services import events
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

PASSWORD_TRIES = 5  # wrong ones, in a quarter of an hour
PURPOSE = "step-up"


class WrongProof(DomainError):
    """This is not the person's password, or no good code of theirs."""


class SessionOver(DomainError):
    """The present password was wrong too often: whoever asks has to sign in again."""


@dataclass(frozen=True)
class Ways:
    """How somebody can prove who they are."""

    password: bool
    app: bool

    @property
    def message(self) -> bool:
        """Tell whether only a code sent to them is left."""
        return not self.password and not self.app


def ways(user: User) -> Ways:
    """Return what this person can show."""
    return Ways(
        password=user.has_usable_password(),
        app=TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists(),
    )


def send_code(*, user: User, device: Device, at: datetime) -> None:
    """Send a code to a person who has nothing else to show. Raises TooManyTries."""
    one_time_codes.issue(login=user.login, purpose=PURPOSE, user=user, ip=device.ip, at=at)


def prove(
    *, user: User, password: str, code: str, device: Device, at: datetime, real_at: datetime
) -> None:
    """Return when the password or, without one, the code is this person's.

    Raises WrongProof, WrongCredentials, TooManyTries, and SessionOver after the fifth password.
    """
    if password:
        present_password(user=user, password=password, at=at)
    elif ways(user).message:
        _sent_code(user, code, device, at=at)
    else:
        second_factor.prove(user=user, code=code, device=device, at=at, real_at=real_at)


def present_password(*, user: User, password: str, at: datetime) -> None:
    """Return when this is the person's password. Raises WrongProof, or SessionOver.

    A try is counted before it is judged, so rivals cannot share a count.
    """
    key = f"present-password:{user.pk}"
    try:
        [tries] = throttle.count_in([(key, PASSWORD_TRIES)])
    except throttle.TooManyTries as refusal:
        raise _over() from refusal
    if user.check_password(password):
        throttle.take_back(key)
        return
    with transaction.atomic():
        events.record(
            act=Act(user, at),
            action="user.present_password_wrong",
            target=user,
            after={"tries": tries},
        )
    if tries >= PASSWORD_TRIES:
        raise _over()
    raise WrongProof(_("This is not your present password."))


def _sent_code(user: User, code: str, device: Device, *, at: datetime) -> None:
    login = f"code:{user.login}"
    throttle.count(login=login, ip=device.ip)
    if not one_time_codes.check(login=user.login, purpose=PURPOSE, code=code, at=at):
        raise WrongProof(_("This code is not right, or it is too old."))
    throttle.forgive(login=login, ip=device.ip)


def _over() -> SessionOver:
    return SessionOver(_("The present password was wrong too often. Please sign in again."))
