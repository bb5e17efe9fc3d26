"""The second factor: an authenticator app (RFC 6238), recovery codes; passkeys are beside it.

Moments are real ones: the phone that shows the code knows nothing of a demo's clock.
"""

import secrets
from datetime import datetime
from typing import Any

import pyotp
import segno
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import Passkey, RecoveryCode, TotpDevice, User
from ispbill.accounts.services import throttle
from ispbill.accounts.services.sign_in import Device, WrongCredentials
from ispbill.audit.services import events
from ispbill.core import crypto, digits
from ispbill.core.actors import Actor
from ispbill.core.acts import Act

PERIOD_SECONDS = 30  # RFC 6238 section 5.2
STEPS_ASIDE = 1  # a phone's clock may be a step early or late
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another


def needed(user: User) -> bool:
    """Tell whether the password alone does not let this user in."""
    return (
        TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).exists()
        or Passkey.objects.filter(user=user).exists()
    )


def is_missing(user: Any) -> bool:
    """Tell whether this user must set up a second factor before anything else."""
    is_inside = user.is_console_user or user.is_staff  # the console's, or Django's own admin
    return settings.STAFF_SECOND_FACTOR == "required" and is_inside and not needed(user)


@transaction.atomic
def start(*, user: User) -> TotpDevice:
    """Return the device being set up, with a new secret unless one waits for its first code."""
    device = TotpDevice.objects.select_for_update().filter(user=user).first()
    if device is not None:
        return device
    device = TotpDevice(user=user)
    device.sealed_secret = crypto.seal(pyotp.random_base32(), context=sealed_for(device))
    device.save()
    return device


def secret(device: TotpDevice) -> str:
    """Return the secret in base32, to be typed where no camera is at hand."""
    return crypto.unseal(device.sealed_secret, context=sealed_for(device))


def picture(device: TotpDevice, *, issuer: str) -> str:
    """Return the QR code to scan, as inline SVG."""
    address = pyotp.TOTP(secret(device)).provisioning_uri(
        name=device.user.login, issuer_name=issuer
    )
    return str(segno.make(address, error="m").svg_inline(scale=5, border=2, light="#fff"))


@transaction.atomic
def confirm(*, user: User, code: str, at: datetime, real_at: datetime) -> list[str]:
    """Finish setting up the app with its first code; return new recovery codes, shown once.

    Raises WrongCredentials.
    """
    device = TotpDevice.objects.select_for_update().get(user=user)
    if device.confirmed_at is not None or not _accept(device, digits.code(code), real_at=real_at):
        raise WrongCredentials(_("This code is not right. Wait for the next one and try again."))
    device.confirmed_at = at
    device.save(update_fields=["confirmed_at"])
    events.record(act=Act(user, at), action="user.second_factor_added", target=user)
    return recovery_codes(user=user)


@transaction.atomic
def recovery_codes(*, user: User) -> list[str]:
    """Replace the user's recovery codes; return the new ones in plain, for the only time."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _i in range(5)) for _j in range(2))
        for _k in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=make_password(digits.code(code))) for code in codes
    )
    return codes


def prove(*, user: User, code: str, device: Device, at: datetime, real_at: datetime) -> str:
    """Check an app's code or a recovery code; return which of them it was.

    Raises TooManyTries or WrongCredentials.
    """
    throttle.count(login=f"second:{user.login}", ip=device.ip)
    code = digits.code(code)
    kind = ""
    with transaction.atomic():
        app = TotpDevice.objects.select_for_update().filter(user=user).first()
        if app is not None and app.confirmed_at and _accept(app, code, real_at=real_at):
            kind = "totp"
        elif _use_recovery_code(user, code, at=at):
            kind = "recovery"
        else:
            events.note(
                events.Target(
                    type="login",
                    id=throttle.mark(f"second:{user.login}"),
                    label=str(user),
                    branch_id=user.branch_id,
                ),
                act=Act(None, at),
                action=throttle.FAILED,
                after={"how": "second factor"},
            )
    if not kind:
        raise WrongCredentials(_("This code is not right, or it was used before."))
    throttle.forgive(login=f"second:{user.login}", ip=device.ip)
    return kind


@transaction.atomic
def remove(*, user: User, act: Act[Actor]) -> None:
    """Take away app, passkeys and recovery codes (a lost phone; or the user's own request)."""
    TotpDevice.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    events.record(act=act, action="user.second_factor_removed", target=user)


def _accept(device: TotpDevice, code: str, *, real_at: datetime) -> bool:
    """Take a code of this step or a neighbour, and none of a step already used (section 5.2)."""
    totp = pyotp.TOTP(secret(device), interval=PERIOD_SECONDS)
    now = int(real_at.timestamp()) // PERIOD_SECONDS
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        is_right = secrets.compare_digest(totp.at(step * PERIOD_SECONDS).encode(), code.encode())
        if is_right and step > device.last_step:
            device.last_step = step
            device.save(update_fields=["last_step"])
            return True
    return False


def _use_recovery_code(user: User, code: str, *, at: datetime) -> bool:
    if len(code) < RECOVERY_CODES:  # an app's code: spare ten slow hashes
        return False
    for row in RecoveryCode.objects.select_for_update().filter(user=user, used_at__isnull=True):
        if check_password(code, row.code_hash):
            row.used_at = at
            row.save(update_fields=["used_at"])
            return True
    return False


def sealed_for(device: TotpDevice) -> str:
    """Return what the app's sealed secret is bound to."""
    return f"accounts.totp:{device.seal_id}"
