"""How an outage begins: by hand, as announced works, or proposed for a silent router."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Area
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.services import numbering
from network.models import Router
from network.outages.models import Outage, OutageScope
from network.outages.queries import outages
from network.outages.rules import moves
from network.outages.services import desk
from network.outages.services.desk import OutageRefused


@dataclass(frozen=True)
class Plan:
    """What is known of an outage when it begins; titles and texts in English and Bangla."""

    title: str
    local_title: str
    text: str
    local_text: str
    started_at: datetime
    expected_at: datetime | None = None
    severity: str = Outage.Severity.DOWN
    cause: str = Outage.Cause.UNKNOWN
    is_planned: bool = False
    areas: Sequence[Area] = field(default_factory=tuple)
    routers: Sequence[Router] = field(default_factory=tuple)


@transaction.atomic
def open_outage(*, plan: Plan, act: Act) -> Outage:
    """Open an outage, or announce works. Raises OutageRefused."""
    trail.begin(act=act)
    _check(plan, act=act)
    state = moves.SCHEDULED if plan.is_planned else moves.INVESTIGATING
    outage = _made(plan, state, act=act)
    desk.say(outage, plan.text, plan.local_text, act=act)
    desk.note(outage, "planned" if plan.is_planned else "opened", act=act, after=_words(plan))
    return outage


@transaction.atomic
def propose(*, router: Router, since: datetime, act: Act) -> Outage | None:
    """Propose an outage for a silent router; one of the same site joins what is proposed.

    None where an outage knows the router already.
    """
    trail.begin(act=act)
    known = OutageScope.objects.filter(
        router=router, ended_at=None, outage__state__in=(moves.PROPOSED, *moves.OPEN)
    )
    if known.exists():
        return None
    beside = _proposed_at(router)
    if beside is not None:
        OutageScope.objects.create(outage=beside, router=router, started_at=since)
        if since < beside.started_at:
            beside.started_at = since
            beside.save(update_fields=["started_at"])
        desk.note(beside, "changed", act=act, after={"router": router.name})
        return beside
    plan = Plan(
        title=f"No connection: {router.site or router.name}"[:120],
        local_title=f"সংযোগ নেই: {router.site or router.name}"[:120],
        text="",
        local_text="",
        started_at=since,
        routers=[router],
    )
    outage = _made(plan, moves.PROPOSED, act=act, proposed_for=router)
    desk.note(outage, "proposed", act=act, after=_words(plan))
    return outage


def _proposed_at(router: Router) -> Outage | None:
    """Return what is proposed for another router of the same site."""
    if not router.site:
        return None
    found = Outage.objects.select_for_update().filter(
        state=moves.PROPOSED, proposed_for__site=router.site, proposed_for__branch=router.branch_id
    )
    return found.first()


def _check(plan: Plan, *, act: Act) -> None:
    if not plan.areas and not plan.routers:
        raise OutageRefused(_("Choose at least one area or router."))
    if plan.is_planned:
        if plan.expected_at is None or plan.expected_at <= max(plan.started_at, act.at):
            raise OutageRefused(_("Planned works need an end after their start."))
    elif plan.started_at > act.at:
        raise OutageRefused(_("An outage cannot begin in the future. Announce works instead."))
    elif plan.expected_at is not None and plan.expected_at <= plan.started_at:
        raise OutageRefused(_("The expected end lies before the start."))


def _made(plan: Plan, state: str, *, act: Act, proposed_for: Router | None = None) -> Outage:
    year = act.on.year
    number = numbering.take(series="OUT", year=year)
    outage = Outage.objects.create(
        number=numbering.written(series="OUT", year=year, number=number),
        is_planned=plan.is_planned,
        severity=plan.severity,
        state=state,
        title=plan.title,
        local_title=plan.local_title,
        cause=plan.cause,
        branch_id=outages.only_branch(plan.areas, plan.routers),
        started_at=plan.started_at,
        expected_at=plan.expected_at,
        proposed_for=proposed_for,
        created_at=act.at,
        created_by_id=act.actor.pk if act.actor is not None else None,
    )
    places = [
        *(OutageScope(outage=outage, area=one, started_at=plan.started_at) for one in plan.areas),
        *(
            OutageScope(outage=outage, router=one, started_at=plan.started_at)
            for one in plan.routers
        ),
    ]
    OutageScope.objects.bulk_create(places)
    return outage


def _words(plan: Plan) -> dict[str, object]:
    return {
        "title": plan.title,
        "started_at": plan.started_at.isoformat(),
        "severity": plan.severity,
        "areas": [one.name for one in plan.areas],
        "routers": [one.name for one in plan.routers],
    }
