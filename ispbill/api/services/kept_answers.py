"""Do a write once under its Idempotency-Key: the same key and body get the same answer."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.api.models import KeptAnswer
from ispbill.core import clock, locks
from ispbill.core.errors import DomainError

KEPT_FOR = timedelta(hours=24)


class KeyReused(DomainError):
    """The key was used for another body."""


class InProgress(DomainError):
    """The first call with this key is still at work."""


@dataclass(frozen=True)
class Call:
    """A write as it was asked for; `key` is "" without a key."""

    owner: User
    method: str
    path: str
    key: str
    body: Any


@dataclass(frozen=True)
class Answer:
    """Status and JSON body; `is_replayed` when it was given before."""

    status: int
    body: Any
    is_replayed: bool = False


def once(call: Call, write: Callable[[], Answer]) -> Answer:
    """Do a write, or give the answer it had. Only success is kept, in the write's transaction.

    Raises KeyReused, InProgress and whatever the write raises.
    """
    if not call.key:
        return write()
    place = {"owner": call.owner, "method": call.method, "path": call.path, "key": call.key}
    digest = _digest(call.body)
    name = _digest([call.owner.pk, call.method, call.path, call.key])
    with transaction.atomic():
        if not locks.try_hold(f"api.{name}"):
            raise InProgress("the first call with this key is still at work")
        since = clock.real_now() - KEPT_FOR
        KeptAnswer.objects.filter(owner=call.owner, created_at__lte=since).delete()
        kept = KeptAnswer.objects.filter(**place).first()
        if kept is not None:
            if kept.body_digest != digest:
                raise KeyReused("this key was used with another body")
            return Answer(kept.status, kept.body, is_replayed=True)
        answer = write()
        KeptAnswer.objects.create(
            **place,
            body_digest=digest,
            status=answer.status,
            body=answer.body,
            created_at=clock.real_now(),
        )
        return answer


def _digest(body: Any) -> str:
    told = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()
