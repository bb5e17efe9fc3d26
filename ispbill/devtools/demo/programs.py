"""Programs that work with the demo company: their tokens, one of them ended."""

from datetime import datetime

from ispbill.api.services import tokens
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground

TOKENS = (
    ("The accountant's month-end script", ["billing:read", "payments:read"], 180),
    ("Call centre screen", ["customers:read", "tickets:read", "services:read"], 90),
    ("Old dashboard", ["customers:read"], 30),
)


def show(*, base: Ground, now: datetime) -> None:
    """Make tokens nobody knows the words of."""
    act = Act(base.staff["owner@demo.test"], now)
    made = [
        tokens.issue(name=name, scopes=scopes, days=days, act=act)[0]
        for name, scopes, days in TOKENS
    ]
    tokens.revoke(token=made[-1], act=act)
