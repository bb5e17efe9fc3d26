"""A broadcast whose senders are killed, through a provider that is down, slow and silent (M9).

Every message reaches the provider at most once, and each is sent or visibly not. The senders are
processes of their own, shot at random moments; the provider is Twilio's simulator on a socket. At
the end it tells what it has delivered, in any order and twice: what nobody knew is known then.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from ispbill.devtools.bench import scratch
from ispbill.devtools.sandbox.messages.providers import ProviderServer
from ispbill.notifications.gateways.heard import Report
from ispbill.notifications.models import Message, MessageProvider
from ispbill.notifications.services import bulk, claiming, deliver, reports
from ispbill.notifications.services.names import client_id
from tests import database
from tests.factories.notifications import provider_account
from tests.forked import shot
from tests.laws.scale import SEED, tell, tried

pytestmark = pytest.mark.slow

MESSAGES = tried(floor=250, full=5_000)
KILLS = tried(floor=4, full=20)
BEGAN = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
# So often a call meets a provider that is out of order, too busy, or takes it and hangs up.
TROUBLE = {"server_errors": 0.02, "too_many": 0.02, "lost_answers": 0.02}
PEOPLE = """
SELECT 'b1:' || n, '+88017' || lpad(n::text, 7, '1') || '5', '', 'en',
       jsonb_build_object('name', 'Amina', 'number', 'CT-' || n, 'text', 'News ' || n),
       NULL::bigint, NULL::bigint, true, false, false
FROM generate_series(1, %s) n
"""


@pytest.fixture
def provider(settings, tmp_path, django_db_setup, django_db_blocker):
    """A copy of the suite's migrated database, and one provider for all SMS."""
    settings.MESSAGE_RATES = {}
    settings.SANDBOX_DIR = tmp_path
    with django_db_blocker.unblock():
        scratch.ground = database.ground()
        server = ProviderServer(tmp_path, reports=False)
        try:
            with scratch.database("outbox_kills"):
                known = dict(server.accounts["TWILIO"])
                provider_account(base_url=known.pop("base_url"), kind="TWILIO", **known)
                MessageProvider.objects.update(is_enabled=True)
                yield server
        finally:
            server.close()
            scratch.ground = None


def send(at):
    """What a worker does: send until nothing is due."""
    deliver.drain(now=lambda: at, seconds=100)


def broadcast(server, dice):
    """Send it all, with senders that are shot, and then without; return how many died at work."""
    at, died = BEGAN, 0
    server.faults.odds = TROUBLE
    for round_number in range(10_000):
        if not Message.objects.filter(state__in=["QUEUED", "SENDING"]).exists():
            return died
        # By what the provider has got, so that every sender dies over its work.
        fatal = server.calls + dice.randint(1, 2 * MESSAGES // (KILLS + 2))
        is_shot = round_number < KILLS
        died += shot(partial(send, at), when=lambda: is_shot and server.calls >= fatal)  # noqa: B023
        at += timedelta(minutes=30)
        claiming.recover(at=at)
    raise AssertionError("it never ends")


def taken(server):
    """Return how often the provider has taken each message, by our own name for it."""
    rows, before = Counter(), 0
    while page := server.store.newest(before=before, limit=500):
        rows.update(row["client_id"].partition("/")[0] for row in page)
        before = page[-1]["number"]
    return rows


def test_every_message_is_sent_once_or_visibly_not(provider):
    dice = random.Random(SEED or "outbox")
    assert bulk.enqueue_select("staff_message", PEOPLE, [MESSAGES], BEGAN, is_urgent=True) == (
        MESSAGES
    )

    died = broadcast(provider, dice)

    got = taken(provider)
    assert set(got.values()) == {1}, "a message was sent twice"
    rows = list(Message.objects.order_by("pk"))
    states = Counter(row.state for row in rows)
    assert set(states) <= {"SENT", "UNKNOWN"}
    assert all(client_id(row) in got for row in rows if row.state == "SENT")
    assert all(row.error for row in rows if row.state == "UNKNOWN")

    told = [
        Report(row.provider_ref or f"SM{row.pk}", status, client_id(row), BEGAN)
        for row in rows
        if client_id(row) in got
        for status in ("SENT", "DELIVERED", "DELIVERED")
    ]
    dice.shuffle(told)
    reports.take("twilio", told, at=BEGAN)

    known = {client_id(row): row.state for row in Message.objects.all()}
    assert all(known[name] == "DELIVERED" for name in got)
    assert {state for name, state in known.items() if name not in got} <= {"UNKNOWN"}
    assert died, "nobody was shot at work"
    tell(f"M9: {MESSAGES} messages, {died} of {KILLS} senders died at work, {dict(states)}")
