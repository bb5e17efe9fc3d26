"""Keep what gateways answer in the first weeks of a real connection, without anything of anybody's.

Whatever goes wrong here goes wrong alone: no payment waits for it, fails by it or hears of it.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ispbill.core import statements
from payments.online.gateways.contract import Hear
from payments.online.gateways.known_answers import KNOWN
from payments.online.models import GatewayAccount, GatewayAnswer
from payments.online.rules import answer_shapes

KEPT = timedelta(days=180)  # after an answer of that form came last
MOST_FORMS = 500  # of one account: whose answers differ every time is learnt nothing of
NOTICE = "notice"
_LONGEST_WAIT = "500ms"
_log = logging.getLogger(__name__)


def is_recorded(account: GatewayAccount, *, at: datetime) -> bool:
    """Tell whether an account has been live for less than the days that are recorded."""
    began = account.went_live_at
    return (
        account.is_live
        and began is not None
        and at - began < timedelta(days=settings.GATEWAY_RECORDING_DAYS)
    )


def listener(account: GatewayAccount, *, at: datetime) -> Hear:
    """Return what an account's adapter tells of every answer it gets to calls begun at a moment."""

    def hear(operation: str, status: int, raw: bytes) -> None:
        _alone(account, operation, status, raw, at=at)

    return hear


def hear_notice(account: GatewayAccount, fields: Mapping[str, Any], *, at: datetime) -> None:
    """Keep the form of a notice that was believed."""
    _alone(account, NOTICE, 0, fields, at=at)


def forget(*, at: datetime) -> int:
    """Remove what came last too long ago; return how many forms that were."""
    return GatewayAnswer.objects.filter(last_at__lt=at - KEPT).delete()[0]


def _alone(
    account: GatewayAccount,
    operation: str,
    status: int,
    said: bytes | Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    try:
        if is_recorded(account, at=at):
            _keep(account, operation, status, said, at=at)
    except Exception:
        _log.exception("an answer of a gateway was not recorded")


def _keep(
    account: GatewayAccount,
    operation: str,
    status: int,
    said: bytes | Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    known = KNOWN[account.provider]
    form = answer_shapes.shape(_read(said), coded=known.values)
    if isinstance(form, str):
        form = {"(no JSON object)": form}
        news = [f"answer without fields, status {status}"]
    else:
        news = answer_shapes.news(form, known)
    written = json.dumps([status, form], sort_keys=True)
    with transaction.atomic():
        # Rows are counted, never waited for.
        statements.run("SELECT set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
        mine = GatewayAnswer.objects.filter(account=account)
        same = {
            "operation": operation[:40],
            "fingerprint": hashlib.sha256(written.encode()).hexdigest(),
        }
        if mine.filter(**same).update(times=F("times") + 1, last_at=at):
            return
        if mine.count() >= MOST_FORMS:
            return
        GatewayAnswer.objects.bulk_create(
            [
                GatewayAnswer(
                    account=account,
                    status=status,
                    shape=form,
                    news=news,
                    first_at=at,
                    last_at=at,
                    **same,
                )
            ],
            ignore_conflicts=True,
        )


def _read(said: bytes | Mapping[str, Any]) -> Any:
    if not isinstance(said, bytes):
        return said
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return "no JSON" if said else ""
