"""The outbox against nothing but the calls: what it costs that no message is lost or sent twice.

- ours: `deliver.drain`, with its claims, texts, hand-overs and outcomes, each committed;
- calls alone: the same messages, written beforehand, given to the same adapter in a loop, with no
  database at all.

The provider is Twilio's simulator in a process of its own. Putting the messages into the outbox is
timed beside it.
"""

import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.test.utils import override_settings

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.bench import measure, scratch
from ispbill.devtools.bench.measure import Pairs
from ispbill.devtools.sandbox.messages.accounts import accounts
from ispbill.devtools.sandbox.messages.providers import ProviderServer
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Accepted, Outgoing
from ispbill.notifications.models import Message
from ispbill.notifications.services import bulk, deliver, provider_accounts

AT = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)
_PEOPLE = """
SELECT 'b:' || n, '+88017' || lpad(n::text, 7, '1') || '5', '', 'en',
       jsonb_build_object('name', 'Amina', 'number', 'CT-' || n, 'text', 'News ' || n),
       NULL::bigint, NULL::bigint, true, false, false
FROM generate_series(1, %s) n
"""


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure sending `scale` messages; all rates in messages a second."""
    rates, statements, queued = Pairs(), 0.0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        _provider(Path(folder)),
        scratch.database("outbox"),
        override_settings(MESSAGE_RATES={}, SANDBOX_DIR=Path(folder)),
    ):
        _connect(Path(folder))
        for number in range(pairs):
            with measure.timed() as filling:
                bulk.enqueue_select("staff_message", _PEOPLE, [scale], AT, is_urgent=True)
            with measure.timed() as sending:
                deliver.drain(now=lambda: AT, seconds=3600)
            sent = Message.objects.filter(state=Message.State.SENT)
            if sent.count() != scale:
                raise AssertionError(f"only {sent.count()} of {scale} were sent")
            written = [_outgoing(row, number) for row in sent]
            with measure.timed() as calling:
                _call(written)
            rates.add(scale / sending.seconds, scale / calling.seconds)
            statements, queued = sending.statements / scale, scale / filling.seconds
            Message.objects.all().delete()
    return {
        "messages": scale,
        "sent_a_second": rates.as_dict(),
        "statements_a_message": round(statements, 2),
        "queued_a_second": round(queued),
        "load": measure.load(),
    }


@contextmanager
def _provider(folder: Path) -> Iterator[None]:
    accounts(folder)  # chosen before the child reads it
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=_serve, args=[folder, ready], daemon=True)
    process.start()
    try:
        if not ready.wait(30):
            raise AssertionError("the simulated provider did not start")
        yield
    finally:
        process.terminate()
        process.join()


def _serve(folder: Path, ready: Any) -> None:
    ProviderServer(folder, reports=False)
    ready.set()
    multiprocessing.Event().wait()


def _connect(folder: Path) -> None:
    owner = User.objects.create(login="owner@bench.test", role=User.Role.OWNER, name="Owner")
    told = dict(accounts(folder)["TWILIO"])
    account = provider_accounts.keep(
        kind="TWILIO", base_url=told.pop("base_url"), credentials=told, act=Act(owner, AT)
    )
    provider_accounts.switch(
        account=account, is_enabled=True, act=Act(owner, AT, reason="measured by a bench")
    )


def _outgoing(row: Message, number: int) -> Outgoing:
    return Outgoing(f"alone-{number}-{row.pk}", "SMS", row.recipient, "", row.body, row.parts)


def _call(messages: list[Outgoing]) -> None:
    gateway = chosen.for_channel("SMS")
    if gateway is None:
        raise AssertionError("no provider is switched on")
    for message in messages:
        if not isinstance(gateway.send(message), Accepted):
            raise AssertionError("the simulated provider refused a message")
