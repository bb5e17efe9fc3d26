"""What every step of an outage begins and ends with."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.outages.models import Outage, OutageUpdate
from network.outages.rules import moves
from network.outages.services import publishing


class OutageRefused(DomainError):
    """The outage cannot be as asked, or not any more."""


def begin(outage: Outage, *, act: Act) -> Outage:
    """Lock an outage and read it anew."""
    trail.begin(act=act)
    return Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)


def go(outage: Outage, state: str) -> str:
    """Put a locked outage into its next state; return the one before. Raises OutageRefused."""
    before = outage.state
    if before != state and not moves.may_follow(before, state):
        raise OutageRefused(
            _("%(number)s is “%(state)s” by now; this step is not possible any more.")
            % {"number": outage.number, "state": outage.get_state_display()}
        )
    outage.state = state
    return before


def say(outage: Outage, text: str, local_text: str, *, act: Act) -> OutageUpdate:
    """Write down what the public is told."""
    actor = act.actor
    return OutageUpdate.objects.create(
        outage=outage,
        state=outage.state,
        text=text,
        local_text=local_text,
        at=act.at,
        by_id=actor.pk if actor is not None else None,
    )


def note(
    outage: Outage,
    what: str,
    *,
    act: Act,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Leave the trail of a step, and let open pages know."""
    live.changed("outage")
    transaction.on_commit(publishing.forget)
    events.record(act=act, action=f"outage.{what}", target=outage, before=before, after=after)
