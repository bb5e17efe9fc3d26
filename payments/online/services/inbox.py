"""What gateways and returning customers tell us: kept first, believed never, worked off later.

The message is committed before anything else happens to it. A message that comes again only
counts up, waits once more and is queued again: working one off twice changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from payments.online.gateways.contract import Hint, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused
from payments.online.models import GatewayAccount, GatewayCallback, PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import accounts, confirming, other_orders, payment_attempts, recording

State = GatewayCallback.State
# A message without a valid signature lets the gateway be asked at most once in this time.
ASKED_AT_MOST_EVERY = timedelta(minutes=1)
MOST_FIELDS = 200
LONGEST_VALUE = 2_000
MOST_CLOSED = 1_000  # messages that one answer closes


def keep(
    *,
    account: GatewayAccount,
    kind: str,
    claim: str,
    fields: Mapping[str, Any],
    ip: str | None,
    at: datetime,
) -> GatewayCallback:
    """Keep a message and queue it; returns at once. The same message again counts up.

    Only names and the first characters of values are kept of a message too large to be one.
    """
    fields = _cut(fields)
    order = accounts.gateway_of(account).read(claim, fields).order[:40].replace("\x00", "")
    written = json.dumps([kind, claim, fields], sort_keys=True)
    with transaction.atomic():
        row, is_new = GatewayCallback.objects.get_or_create(
            account=account,
            fingerprint=hashlib.sha256(written.encode()).hexdigest(),
            defaults={
                "kind": kind,
                "claim": claim,
                "order": order,
                "attempt": _attempt_of(account, order),
                "fields": fields,
                "ip": ip,
                "received_at": at,
            },
        )
        if not is_new:
            again = GatewayCallback.objects.filter(pk=row.pk)
            again.update(times=F("times") + 1)
            # The same words may mean something new (a decline that has come true by now); were
            # it left to the call alone, a lost one would lose the message.
            again.filter(state=State.DONE).update(state=State.NEW)
        jobs.after_commit("payments.read_callback", callback_id=row.pk)
    return row


def order_of(*, account: GatewayAccount, claim: str, fields: Mapping[str, Any]) -> str:
    """Return the order of ours a message names, "" for none; nothing is kept."""
    order = accounts.gateway_of(account).read(claim, _cut(fields)).order
    attempt = _attempt_of(account, order)
    return attempt.order if attempt is not None else ""


def work_off(*, callback_id: int, at: datetime) -> str:
    """Ask the gateway about what a message hints at; return its state afterwards.

    Calls the gateway: never inside a transaction. A gateway that is silent leaves the message
    NEW, for the sweep.
    """
    row = GatewayCallback.objects.select_related("account").get(pk=callback_id)
    gateway = accounts.gateway_of(row.account, at=at)
    hint = gateway.read(row.claim, row.fields)
    attempt = _attempt_of(row.account, hint.order)
    if attempt is None:
        said = other_orders.hear(row.account, hint, at=at)
        state = State.DONE if said is not None else State.UNKNOWN
        return _done(row, state, said or "names no payment of ours", at=at)
    if forged := _forged(attempt, hint):
        return _done(row, State.REFUSED, forged, at=at, attempt=attempt)
    if _is_settled_news(attempt, hint):
        return _done(row, State.DONE, "already settled", at=at, attempt=attempt)
    recording.hear_notice(row.account, row.fields, at=at)
    confirming.note_claim(attempt, hint, at=at)
    if _is_asked_too_often(attempt, hint, at=at):
        return row.state
    try:
        outcome = gateway.confirm(payment_attempts.known(attempt), hint)
    except GatewayDown as error:
        confirming.ask_again(attempt, at=at, words=str(error))
        return row.state
    except GatewayRefused as error:
        confirming.ask_again(attempt, at=at, words=str(error))
        return _done(row, State.REFUSED, error.detail, at=at, attempt=attempt)
    attempt = confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=at)
    _close_answered(attempt, row, hint, at=at)
    return _done(row, State.DONE, rules.said(outcome.verdict), at=at, attempt=attempt)


def waiting(*, at: datetime, limit: int = 200) -> list[int]:
    """Return messages nobody has worked off, oldest first; those of the last seconds are queued.

    One whose gateway has been asked since it came, and was silent, waits for its attempt's next
    turn.
    """
    new = GatewayCallback.objects.filter(
        state=State.NEW, received_at__lt=at - timedelta(seconds=20)
    ).exclude(attempt__checked_at__gte=F("received_at"), attempt__next_check_at__gt=at)
    return list(new.order_by("pk").values_list("pk", flat=True)[:limit])


def _is_asked_too_often(attempt: PaymentAttempt, hint: Hint, *, at: datetime) -> bool:
    if hint.is_genuine or attempt.checked_at is None or _is_first_claim(attempt, hint):
        return False
    return at - attempt.checked_at < ASKED_AT_MOST_EVERY


def _is_first_claim(attempt: PaymentAttempt, hint: Hint) -> bool:
    """Tell whether somebody who knows the gateway's own id says for the first time that it is paid.

    With bKash that is the moment to take the money: it must not wait because a sweep has just
    asked. `attempt` is as it was before the claim was noted.
    """
    knows = bool(hint.reference) and hint.reference == attempt.session_key
    return knows and hint.claim is Verdict.PAID and attempt.claimed_at is None


def _forged(attempt: PaymentAttempt, hint: Hint) -> str:
    """Return why a message is a forgery, "" when it may be none (F-19).

    Where a kind has no signature (bKash, Nagad), the gateway and the payer's browser still know
    the gateway's own id of the payment; whoever only knows our order knows nothing.
    """
    if hint.is_genuine is False:
        return "not signed by the gateway"
    is_known = hint.is_genuine or hint.reference == attempt.session_key
    if attempt.session_key and not is_known:
        return "does not know the gateway's own id of the payment"
    return ""


def _is_settled_news(attempt: PaymentAttempt, hint: Hint) -> bool:
    """Tell whether a settled attempt is only told once more that it is paid, by the same
    payment."""
    known = ("", attempt.gateway_reference, attempt.session_key)
    is_same = not hint.is_genuine or hint.reference in known
    return attempt.state == PaymentAttempt.State.SETTLED and hint.claim is Verdict.PAID and is_same


def _attempt_of(account: GatewayAccount, order: str) -> PaymentAttempt | None:
    if not order or len(order) > 30 or "\x00" in order:
        return None
    return PaymentAttempt.objects.filter(account=account, order=order).first()


def _close_answered(
    attempt: PaymentAttempt, row: GatewayCallback, answered: Hint, *, at: datetime
) -> None:
    """Close older messages about an attempt that the answer to this one has answered too.

    Each of them would be asked about on its own, one a minute: a flood of a payer's own returns
    would keep the sweep from everybody else's. Those that are signed, that are forged, or come from
    somebody who knows the gateway's own id and claims something else, say something of their own
    and stay.
    """
    gateway = accounts.gateway_of(row.account)
    same = GatewayCallback.objects.filter(
        account=row.account, attempt=attempt, state=State.NEW, received_at__lte=at
    ).exclude(pk=row.pk)
    for other in same.order_by("pk")[:MOST_CLOSED]:
        hint = gateway.read(other.claim, other.fields)
        is_known = hint.reference == attempt.session_key
        says_the_same = (hint.reference, hint.claim) == (answered.reference, answered.claim)
        if _forged(attempt, hint):
            continue
        if not hint.is_genuine and (says_the_same or not is_known):
            other.account = row.account
            _done(other, State.DONE, "answered with another message", at=at, attempt=attempt)


def _done(
    row: GatewayCallback,
    state: str,
    words: str,
    *,
    at: datetime,
    attempt: PaymentAttempt | None = None,
) -> str:
    with transaction.atomic():
        trail.begin(act=Act(None, at, reason="message of a gateway"))
        changed = GatewayCallback.objects.filter(pk=row.pk, state=State.NEW).update(
            state=state, words=words[:200], processed_at=at, attempt=attempt
        )
        if changed and state in (State.REFUSED, State.UNKNOWN):
            events.record(
                act=Act(None, at),
                action="gateway.message_refused",
                target=row,
                label=f"{row.account.slug} {row.claim}",
                after={"why": words[:200], "ip": row.ip, "order": row.order},
            )
    return state if changed else row.state


def _cut(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _plain(name)[:80]: [_plain(part) for part in value[:5]]
        if isinstance(value, list)
        else _plain(str(value))
        for name, value in list(fields.items())[:MOST_FIELDS]
    }


def _plain(text: str) -> str:
    """Return a text PostgreSQL's JSON can hold: without NUL, cut to size, valid Unicode."""
    cut = text.replace("\x00", "")[:LONGEST_VALUE]
    return cut.encode("utf-8", "replace").decode()
