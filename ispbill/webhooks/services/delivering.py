"""Send what is due. No transaction is open while somebody else's server is called.

Claim (commit), call, note the outcome (commit). A sender that dies in between leaves a lease that
ends; the message is then sent again with the same id: at least once, and the receiver tells twice.
"""

import random
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ispbill.accounts.models import User
from ispbill.audit.services import events as trail_events
from ispbill.audit.services import trail
from ispbill.core import clock, crypto, live
from ispbill.core.acts import Act
from ispbill.webhooks.gateways import post
from ispbill.webhooks.gateways.post import Answer
from ispbill.webhooks.models import Delivery, Endpoint, Try
from ispbill.webhooks.queries import bodies
from ispbill.webhooks.rules import events, retries, signing
from ispbill.webhooks.rules.retries import Outcome
from ispbill.webhooks.services import endpoints

LEASE = timedelta(seconds=60)  # well above the time one try may take


def drain(*, at: datetime, seconds: float) -> int:
    """Send until nothing is due or time is up; return the tries.

    `at` is the business moment. An address that failed rests for the remainder: who is slow
    holds up nobody else.
    """
    give_up, tries = time.monotonic() + seconds, 0
    resting: set[int] = set()
    while time.monotonic() < give_up:
        delivery = claim(at=clock.real_now(), resting=resting)
        if delivery is None:
            break
        tries += 1
        if not attempt(delivery, at=at):
            resting.add(delivery.endpoint_id)
    if tries:
        live.changed("webhook")
    return tries


@transaction.atomic
def claim(*, at: datetime, resting: set[int] | None = None) -> Delivery | None:
    """Take the message that is longest due, and hold it for a while."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = Delivery.objects.filter(
        free,
        state=Delivery.State.WAITING,
        next_try_at__lte=at,
        endpoint__is_paused=False,
        endpoint__off_at=None,
    ).exclude(endpoint__in=resting or set())
    held = due.select_for_update(of=("self",), skip_locked=True).select_related("endpoint")
    delivery = held.order_by("next_try_at", "pk").first()
    if delivery is not None:
        delivery.lease_until = at + LEASE
        delivery.save(update_fields=["lease_until"])
    return delivery


def attempt(delivery: Delivery, *, at: datetime) -> bool:
    """Send a message that was claimed and note what came of it; tell whether it arrived."""
    began = clock.real_now()
    answer = _sent(delivery, began)
    return _note(delivery, answer, began=began, at=at)


def _sent(delivery: Delivery, at: datetime) -> Answer:
    stamp, body = int(at.timestamp()), delivery.body.encode()
    try:
        keys = endpoints.keys(delivery.endpoint, real_at=at)
    except crypto.Unreadable as error:
        return Answer(Outcome(None), error=f"Secret unreadable: {error.detail}"[:200])
    signed = signing.header(keys, message_id=delivery.message_id, timestamp=stamp, body=body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "ispbill-webhooks/1",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signed,
    }
    return post.send(delivery.endpoint.url, body=body, headers=headers)


@transaction.atomic
def _note(delivery: Delivery, answer: Answer, *, began: datetime, at: datetime) -> bool:
    """Write a try down, and when the next one is. Locks the address first, then the message."""
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=delivery.endpoint_id)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    Try.objects.create(
        delivery=row,
        at=began,
        took_ms=answer.took,
        status=answer.outcome.status,
        answer=answer.text,
        error=answer.error,
    )
    now = clock.real_now()
    row.tries += 1
    row.lease_until = None
    wait = retries.next_wait(row.tries, answer.outcome, chance=random.random())  # noqa: S311
    if answer.outcome.is_taken:
        row.state = Delivery.State.ARRIVED
    elif row.state == Delivery.State.WAITING and wait is not None:
        row.next_try_at = now + wait
    elif row.state == Delivery.State.WAITING:
        row.state = Delivery.State.FAILED
    row.save(update_fields=["tries", "lease_until", "state", "next_try_at"])
    _judge(endpoint, answer.outcome, now, at)
    return answer.outcome.is_taken


def _judge(endpoint: Endpoint, outcome: Outcome, now: datetime, at: datetime) -> None:
    """Keep since when an address fails, and switch it off when it is given up."""
    if outcome.is_taken:
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
        return
    endpoint.failing_since = endpoint.failing_since or now
    if endpoint.off_at is None and retries.is_given_up(
        outcome, failing_since=endpoint.failing_since, now=now
    ):
        endpoint.off_at = now
        endpoint.off_reason = (
            "It answered 410 Gone." if outcome.status == retries.GONE else "Five days of failures."
        )
        act: Act[None] = Act(None, at, reason=endpoint.off_reason)
        trail.begin(act=act)
        trail_events.record(act=act, action="webhook.switched_off", target=endpoint)
    endpoint.save(update_fields=["failing_since", "off_at", "off_reason"])


@transaction.atomic
def ping(*, endpoint: Endpoint, act: Act[User]) -> Delivery:
    """Queue a test message, due at once."""
    trail.begin(act=act)
    now = clock.real_now()
    trail_events.record(act=act, action="webhook.tested", target=endpoint)
    return Delivery.objects.create(
        endpoint=endpoint,
        event=events.PING,
        body=bodies.ping(at=act.at),
        next_try_at=now,
        created_at=now,
    )


@transaction.atomic
def replay(*, delivery: Delivery, act: Act[User]) -> None:
    """Send a message again from the first try, with the id and the body it had."""
    trail.begin(act=act)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    row.state, row.tries, row.next_try_at = Delivery.State.WAITING, 0, clock.real_now()
    row.save(update_fields=["state", "tries", "next_try_at"])
    trail_events.record(
        act=act,
        action="webhook.replayed",
        target=delivery.endpoint,
        after={"message": row.message_id},
    )
