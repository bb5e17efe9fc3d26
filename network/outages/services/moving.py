"""The steps of an outage: each locks it, decides, says what the public reads, and is audited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from customers.models import Area
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from network.models import Router
from network.outages.models import Outage, OutageScope
from network.outages.queries import outages
from network.outages.rules import moves
from network.outages.services import desk, telling
from network.outages.services.desk import OutageRefused

REOPENED_WITHIN = timedelta(hours=2)


@dataclass(frozen=True)
class Words:
    """What the public is told, and to how many it is sent: `seen` is the reach that was shown.

    None sends nothing.
    """

    text: str
    local_text: str = ""
    seen: str | None = None


@dataclass(frozen=True)
class Facts:
    """What staff know of an outage and may correct."""

    title: str
    local_title: str
    cause: str
    severity: str
    expected_at: datetime | None
    is_creditable: bool
    not_creditable_reason: str
    not_ours_reason: str


@transaction.atomic
def post(*, outage: Outage, state: str, words: Words, act: Act) -> Outage:
    """Tell the public how it stands, in this or another phase; a proposed one is taken on.

    Raises OutageRefused, ReachChanged.
    """
    outage = desk.begin(outage, act=act)
    is_same = state == outage.state and state in moves.SHOWN
    if state not in moves.PHASES and not is_same:
        raise OutageRefused(_("Choose a phase."))
    before = desk.go(outage, state)
    outage.save(update_fields=["state"])
    update = desk.say(outage, words.text, words.local_text, act=act)
    desk.note(
        outage,
        "accepted" if before == moves.PROPOSED else "updated",
        act=act,
        before={"state": before},
        after={"state": state, "text": words.text},
    )
    if words.seen is not None:
        telling.tell(outage, update, seen=words.seen, act=act)
    return outage


@transaction.atomic
def tell(*, outage: Outage, seen: str, act: Act) -> int:
    """Send the latest words to everybody in reach; return how many messages are new.

    Raises OutageRefused, ReachChanged.
    """
    outage = desk.begin(outage, act=act)
    update = outage.updates.order_by("-pk").first()
    if update is None or outage.state not in moves.SHOWN:
        raise OutageRefused(_("There is nothing to tell of this outage."))
    return telling.tell(outage, update, seen=seen, act=act)


@transaction.atomic
def resolve(*, outage: Outage, restored_at: datetime, words: Words, act: Act) -> Outage:
    """Close an outage at the moment service was back; who was told gets the all-clear.

    Raises OutageRefused.
    """
    outage = desk.begin(outage, act=act)
    if not outage.started_at <= restored_at <= act.at:
        raise OutageRefused(_("Service came back between the start and now."))
    before = desk.go(outage, moves.COMPLETED if outage.is_planned else moves.RESOLVED)
    outage.restored_at = restored_at
    outage.save(update_fields=["state", "restored_at"])
    # A place that began later than that has lasted no time.
    outage.scopes.filter(ended_at=None).update(ended_at=Greatest("started_at", restored_at))
    update = desk.say(outage, words.text, words.local_text, act=act)
    desk.note(
        outage,
        "resolved",
        act=act,
        before={"state": before},
        after={"state": outage.state, "restored_at": restored_at.isoformat()},
    )
    telling.clear(outage, update, act=act)
    return outage


@transaction.atomic
def reopen(*, outage: Outage, act: Act) -> Outage:
    """It was not over: downtime runs through. Raises OutageRefused, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    outage = desk.begin(outage, act=act)
    restored = outage.restored_at
    if outage.state != moves.RESOLVED or restored is None:
        raise desk.OutageRefused(_("Only a resolved outage can be opened again."))
    if act.at - restored > REOPENED_WITHIN or outage.credited_at is not None:
        raise OutageRefused(
            _("It was resolved over two hours ago, or credited. Open a new outage.")
        )
    desk.go(outage, moves.INVESTIGATING)
    outage.restored_at = None
    outage.save(update_fields=["state", "restored_at"])
    outage.scopes.filter(ended_at__gte=restored).update(ended_at=None)
    outage.told.update(cleared_at=None)
    desk.note(outage, "reopened", act=act, before={"state": moves.RESOLVED})
    return outage


@transaction.atomic
def cancel(*, outage: Outage, act: Act) -> Outage:
    """Take back a proposal, or works that will not be. Raises OutageRefused, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    outage = desk.begin(outage, act=act)
    before = desk.go(outage, moves.CANCELLED)
    outage.save(update_fields=["state"])
    desk.note(outage, "cancelled", act=act, before={"state": before})
    if before in (moves.SCHEDULED, moves.IN_PROGRESS):
        update = desk.say(outage, "The works will not take place.", "কাজটি এখন হবে না।", act=act)
        telling.clear(outage, update, act=act)
    return outage


@transaction.atomic
def merge(*, outage: Outage, into: Outage, act: Act) -> Outage:
    """Make two outages one: places unite, the earliest start holds. Raises OutageRefused."""
    act = act.because(trail.required_reason(act.reason))
    first, second = sorted((outage, into), key=lambda one: one.pk)
    locked = {one.pk: desk.begin(one, act=act) for one in (first, second)}
    outage, into = locked[outage.pk], locked[into.pk]
    if outage.pk == into.pk or into.state not in moves.PHASES:
        raise OutageRefused(_("Choose another outage that is open."))
    before = desk.go(outage, moves.MERGED)
    outage.merged_into = into
    outage.save(update_fields=["state", "merged_into"])
    for scope in outage.scopes.all():
        _unite(into, scope)
    known = set(into.told.values_list("channel", "recipient"))
    for one in outage.told.all():
        if (one.channel, one.recipient) not in known:
            one.outage = into
            one.save(update_fields=["outage"])
    into.started_at = min(into.started_at, outage.started_at)
    into.branch_id = into.branch_id if into.branch_id == outage.branch_id else None
    into.save(update_fields=["started_at", "branch"])
    desk.note(outage, "merged", act=act, before={"state": before}, after={"into": into.number})
    return into


def _unite(into: Outage, scope: OutageScope) -> None:
    """Bring a place over; one that both have is as long as the two together."""
    same = into.scopes.filter(area=scope.area_id, router=scope.router_id).first()
    if same is None:
        scope.outage = into
        scope.save(update_fields=["outage"])
        return
    same.started_at = min(same.started_at, scope.started_at)
    is_still = same.ended_at is None or scope.ended_at is None
    same.ended_at = None if is_still else max(filter(None, (same.ended_at, scope.ended_at)))
    same.save(update_fields=["started_at", "ended_at"])


@transaction.atomic
def add_places(
    *, outage: Outage, areas: list[Area], routers: list[Router], since: datetime, act: Act
) -> Outage:
    """Let an outage touch more; who is there is told next time. Raises OutageRefused."""
    outage = desk.begin(outage, act=act)
    if outage.state not in (moves.PROPOSED, *moves.SHOWN):
        raise OutageRefused(_("This outage is over."))
    if since > act.at and not outage.is_planned:
        raise OutageRefused(_("A place cannot begin in the future."))
    scopes = list(outage.scopes.all())
    known_areas = {one.area_id for one in scopes}
    known_routers = {one.router_id for one in scopes}
    new = [
        *(
            OutageScope(outage=outage, area=one, started_at=since)
            for one in areas
            if one.pk not in known_areas
        ),
        *(
            OutageScope(outage=outage, router=one, started_at=since)
            for one in routers
            if one.pk not in known_routers
        ),
    ]
    OutageScope.objects.bulk_create(new)
    outage.started_at = min(outage.started_at, since)
    branch = outages.only_branch(areas, routers)
    outage.branch_id = outage.branch_id if outage.branch_id == branch else None
    outage.save(update_fields=["started_at", "branch"])
    named = [one.name for one in areas] + [one.name for one in routers]
    desk.note(outage, "changed", act=act, after={"places": named})
    return outage


@transaction.atomic
def end_place(*, scope: OutageScope, ended_at: datetime, act: Act) -> OutageScope:
    """Give one place its all-clear while the others wait. Raises OutageRefused."""
    outage = desk.begin(scope.outage, act=act)
    scope = OutageScope.objects.select_for_update().get(pk=scope.pk)
    if outage.state not in moves.OPEN or scope.ended_at is not None:
        raise OutageRefused(_("This place has its all-clear already."))
    if not scope.started_at <= ended_at <= act.at:
        raise OutageRefused(_("Service came back between the start and now."))
    if outage.scopes.filter(ended_at=None).count() == 1:
        raise OutageRefused(_("It is the last place: resolve the outage instead."))
    scope.ended_at = ended_at
    scope.save(update_fields=["ended_at"])
    desk.note(outage, "changed", act=act, after={"place_back": str(scope.area or scope.router)})
    update = outage.updates.order_by("-pk").first()
    if update is not None:
        telling.clear(outage, update, act=act, is_partly=True)
    return scope


@transaction.atomic
def correct(*, outage: Outage, facts: Facts, act: Act) -> Outage:
    """Correct what is known of an outage. Raises OutageRefused, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    outage = desk.begin(outage, act=act)
    if not facts.is_creditable and not facts.not_creditable_reason:
        raise OutageRefused(_("Say why there is no credit."))
    if outage.is_planned and (facts.expected_at is None or facts.expected_at <= outage.started_at):
        raise OutageRefused(_("Planned works need an end after their start."))
    names = list(Facts.__dataclass_fields__)
    before = {name: str(getattr(outage, name)) for name in names}
    for name in names:
        setattr(outage, name, getattr(facts, name))
    outage.save(update_fields=names)
    after = {name: str(getattr(outage, name)) for name in names}
    changed = [name for name in names if before[name] != after[name]]
    desk.note(
        outage,
        "changed",
        act=act,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return outage


@transaction.atomic
def mark_credited(*, outage: Outage, at: datetime) -> None:
    """Note, for the floor that gives credit, that minutes of this outage were given back."""
    Outage.objects.filter(pk=outage.pk, credited_at=None).update(credited_at=at)
