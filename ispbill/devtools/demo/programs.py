"""Programs that work with the demo company: their tokens, one of them ended."""

from datetime import datetime

from ispbill.api.services import tokens
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from ispbill.devtools.sandbox.webhooks import Receiver
from ispbill.webhooks.models import Endpoint
from ispbill.webhooks.services import delivering, endpoints, spreading

TOKENS = (
    ("The accountant's month-end script", ["billing:read", "payments:read"], 180),
    ("Call centre screen", ["customers:read", "tickets:read", "services:read"], 90),
    ("Old dashboard", ["customers:read"], 30),
)

HEARING = (
    ("Accounting program", "ok", ["invoice.overdue", "invoice.paid", "payment.completed"]),
    ("Old status board", "error", ["outage.started", "outage.resolved"]),
)


def show(*, base: Ground, now: datetime) -> None:
    """Make tokens nobody knows the words of."""
    act = Act(base.staff["owner@demo.test"], now)
    made = [
        tokens.issue(name=name, scopes=scopes, days=days, act=act)[0]
        for name, scopes, days in TOKENS
    ]
    tokens.revoke(token=made[-1], act=act)


def hear(*, base: Ground, now: datetime) -> None:
    """Add two programs that are told what happens: one listened and is paused, one only failed."""
    act = Act(base.staff["owner@demo.test"], now)
    with Receiver() as receiver:
        told: list[Endpoint] = []
        for name, how, chosen in HEARING:
            endpoint, _secret = endpoints.add(
                name=name, url=receiver.url(how), chosen=chosen, includes_personal=False, act=act
            )
            delivering.ping(endpoint=endpoint, act=act)
            told.append(endpoint)
        spreading.spread(at=now)
        delivering.drain(at=now, seconds=10)
    for endpoint in told:
        endpoints.pause(endpoint=endpoint, act=act)
