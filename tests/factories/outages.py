"""Outages, opened by the services that open them."""

from datetime import UTC, datetime

from ispbill.core.acts import Act
from network.outages.models import Outage
from network.outages.services import moving, opening
from network.outages.services.moving import Words
from network.outages.services.opening import Plan

BEGAN = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "as the tests need it to be"


def outage(*, at=None, actor=None, started_at=BEGAN, **given) -> Outage:
    """Open an outage; `areas` or `routers` say where."""
    words = {
        "title": "No connection",
        "text": "We look into it.",
        "local_title": "",
        "local_text": "",
    }
    plan = Plan(**(words | {"started_at": started_at} | given))
    return opening.open_outage(plan=plan, act=Act(actor, at or started_at, reason=WHY))


def resolved(found: Outage, *, restored_at, at=None) -> Outage:
    """Close an outage at the moment service was back."""
    return moving.resolve(
        outage=found,
        restored_at=restored_at,
        words=Words("It works again."),
        act=Act(None, at or restored_at, reason=WHY),
    )
