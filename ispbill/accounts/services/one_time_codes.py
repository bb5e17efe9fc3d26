"""Six digits sent to a phone: good for five minutes and five tries."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from ispbill.accounts import signals
from ispbill.accounts.models import OneTimeCode, User
from ispbill.accounts.services import code_budget
from ispbill.core import crypto, digits

LIFETIME = timedelta(minutes=5)
MAX_TRIES = 5


def issue(*, login: str, purpose: str, user: User | None, ip: str, at: datetime) -> None:
    """Make a code and hand it to whoever sends it (signal `one_time_code_issued`).

    `ip` is where it was asked for from. A login nobody owns (`user` None) is counted like any
    other and nothing else happens: no row, nothing sent. Raises TooManyTries.
    """
    code_budget.take(login=login, ip=ip, is_known=user is not None, at=at)
    if user is None:
        return
    with transaction.atomic():
        code = make(login=login, purpose=purpose, at=at)
        signals.one_time_code_issued.send(
            sender=OneTimeCode,
            user=user,
            login=login,
            code=code,
            purpose=purpose,
            expires_at=at + LIFETIME,
            at=at,
        )


def make(*, login: str, purpose: str, at: datetime) -> str:
    """Return a new code for whoever proves a phone that has no login yet; the caller sends it.

    No budget is asked: that is the caller's.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    OneTimeCode.objects.create(
        login=login,
        purpose=purpose,
        code_hash=_hashes(login, purpose, code)[0],
        created_at=at,
        expires_at=at + LIFETIME,
    )
    return code


@transaction.atomic
def check(*, login: str, purpose: str, code: str, at: datetime) -> bool:
    """Tell whether this is the newest code of the login, still good; a right one is used up."""
    newest = (
        OneTimeCode.objects.select_for_update()
        .filter(login=login, purpose=purpose)
        .order_by("-created_at", "-pk")
        .first()
    )
    given = _hashes(login, purpose, digits.code(code))
    if newest is None or newest.used_at or newest.expires_at <= at or newest.tries >= MAX_TRIES:
        return False
    newest.tries += 1
    is_right = any([hmac.compare_digest(newest.code_hash, one) for one in given])
    if is_right:
        newest.used_at = at
    newest.save(update_fields=["tries", "used_at"])
    return is_right


def _hashes(login: str, purpose: str, code: str) -> list[str]:
    return crypto.fingerprints(f"{login}:{code}", purpose=f"one-time-code:{purpose}")
