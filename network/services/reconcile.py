"""Compare everything a router has with everything we want there, and put right what differs.

Comparing reads and changes nothing. Putting right only numbers the desired states of the lines
concerned anew; the push then does what it always does, so that a repair obeys the same rules.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from network.gateways.base import Limits, ProfileRow, RouterError, SecretRow
from network.models import Access, Router
from network.rules import rate_limit
from network.services import connections, desired_states, push, router_profiles, routers


class Kind(Enum):
    """How router and desired state differ."""

    MISSING = "missing"
    WRONG_STATE = "wrong state"
    WRONG_PROFILE = "wrong profile"
    WRONG_SPEED = "wrong speed"
    WRONG_ADDRESS = "wrong address"
    STILL_THERE = "should be gone"
    STILL_ONLINE = "still on line"
    NOT_OURS = "made by hand, same name"
    EXTRA = "not known to us"


_WORDS = {
    Kind.MISSING: _("Not on the router"),
    Kind.WRONG_STATE: _("Wrong state"),
    Kind.WRONG_PROFILE: _("Wrong profile"),
    Kind.WRONG_SPEED: _("Profile with another speed"),
    Kind.WRONG_ADDRESS: _("Another fixed address"),
    Kind.STILL_THERE: _("Should be gone"),
    Kind.STILL_ONLINE: _("Still on line"),
    Kind.NOT_OURS: _("Made by hand, same name"),
    Kind.EXTRA: _("Not known to us"),
}


def words_of(kind: Kind) -> str | Promise:
    """Return what differs, for the reader."""
    return _WORDS[kind]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs. `line_id` is the line that puts it right; None: leave it alone.

    `is_pending`: we know, and the router is about to be told.
    """

    kind: Kind
    name: str
    wanted: str
    actual: str
    line_id: int | None = None
    customer_number: str = ""
    is_pending: bool = False

    @property
    def words(self) -> str | Promise:
        """What differs, for the reader."""
        return _WORDS[self.kind]

    @property
    def can_be_fixed(self) -> bool:
        return self.line_id is not None and self.kind is not Kind.NOT_OURS

    @property
    def can_be_adopted(self) -> bool:
        return self.kind is Kind.NOT_OURS


def compare(*, router: Router, limits: Limits | None = None) -> list[Difference]:
    """Read the router and return every difference, ours first. Raises RouterError."""
    with connections.open_router(router, limits=limits) as link:
        secrets = {row.name: row for row in link.secrets()}
        online = {row.name for row in link.actives()}
        profiles = {row.name: row for row in link.profiles()}
    lines = list(
        Access.objects.filter(router=router)
        .select_related("subscription__customer")
        .only(
            "username",
            "desired_state",
            "desired_profile",
            "generation",
            "confirmed_generation",
            "static_ip",
            "subscription__customer__number",
            "subscription__download_mbps",
            "subscription__upload_mbps",
        )
        .order_by("username", "pk")
    )
    found = [
        difference
        for line in lines
        for difference in _of_line(line, router, secrets.get(line.username), online)
    ]
    found += _of_profiles([] if router.uses_radius else lines, router, profiles)
    known = {line.username for line in lines}
    extra = [
        Difference(kind=Kind.EXTRA, name=row.name, wanted="", actual=_words(row))
        for row in secrets.values()
        if row.name not in known
    ]
    return found + extra


@transaction.atomic
def fix(
    *, router: Router, line_ids: Iterable[int], adopted_line_ids: Iterable[int] = (), act: Act
) -> int:
    """Number the desired state of these lines of the router anew, passwords included; return how
    many there were.

    `adopted_line_ids`: their users on the router, made by somebody else, become ours and keep
    their password. Raises ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    trail.begin(act=act)
    adopted = sorted(set(adopted_line_ids))
    chosen = sorted(set(line_ids) | set(adopted))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE network_access SET generation = generation + 1,"
            # The password of an adopted user stays the router's: we do not know it, nor write one.
            " password_generation ="
            "   CASE WHEN id = ANY(%s) OR sealed_password = '' THEN 0 ELSE generation + 1 END,"
            " sealed_password = CASE WHEN id = ANY(%s) THEN '' ELSE sealed_password END,"
            " may_adopt = id = ANY(%s), desired_since = %s,"
            " desired_by_name = %s, desired_reason = %s, is_on_hold = false, attempts = 0,"
            " next_attempt_at = NULL, last_error = ''"
            " WHERE id IN (SELECT id FROM network_access WHERE id = ANY(%s) AND router_id = %s"
            "              ORDER BY id FOR NO KEY UPDATE)",
            [
                adopted,
                adopted,
                adopted,
                act.at,
                desired_states.name_of(act.actor),
                act.reason,
                chosen,
                router.pk,
            ],
        )
        count = int(cursor.rowcount)
    if count:
        events.record(
            act=act,
            action="router.drift_fixed",
            target=router,
            branch_id=router.branch_id,
            after={"lines": count, "adopted": len(adopted)},
        )
        desired_states.enqueue([router.pk])
    return count


@dataclass(frozen=True, kw_only=True)
class Sync:
    """What a complete comparison found, what was put right, and what is left.

    `error` tells why the router could not be read.
    """

    router: Router
    found: Sequence[Difference] = ()
    fixed: int = 0
    left: Sequence[Difference] = ()
    error: str = ""


def look(*, router: Router) -> Sync:
    """Compare while somebody waits; never raises for a router that does not answer."""
    try:
        found = compare(router=router, limits=connections.WHILE_SOMEBODY_WAITS)
    except RouterError as error:
        return Sync(router=router, error=routers.worded(error))
    return Sync(router=router, found=found, left=found)


def sync(
    *, router: Router, is_dry_run: bool, actor: Actor | None, now: Callable[[], datetime]
) -> Sync:
    """Compare, put right what we may, and compare again."""
    try:
        found = compare(router=router)
        chosen = {one.line_id for one in found if one.can_be_fixed and one.line_id is not None}
        if is_dry_run or not chosen:
            return Sync(router=router, found=found, left=found)
        fix(
            router=router,
            line_ids=chosen,
            act=Act(actor, now(), reason="Full comparison of the router with the lines"),
        )
        push.push_router(router_id=router.pk, now=now)
        left = compare(router=router)
    except RouterError as error:
        return Sync(router=router, error=str(error))
    return Sync(router=router, found=found, fixed=len(chosen), left=left)


def _of_line(
    line: Access, router: Router, row: SecretRow | None, online: set[str]
) -> Iterator[Difference]:
    owner = str(line.subscription_id)

    def differs(kind: Kind, wanted: str, actual: str) -> Difference:
        return Difference(
            kind=kind,
            name=line.username,
            wanted=wanted,
            actual=actual,
            line_id=line.pk,
            customer_number=line.subscription.customer.number,
            is_pending=not line.is_settled,
        )

    if line.desired_state == Access.State.REMOVED or router.uses_radius:
        kind = row and _of_absent(line, row, is_ours=row.owner == owner)
        if row is not None and kind is not None:
            yield differs(kind, "", _words(row))
        return
    profile = router_profiles.profile_on_router(line, router)
    is_walled = line.desired_state == Access.State.WALLED
    is_disabled = is_walled and router.suspend_mode == Router.SuspendMode.DISABLE
    if row is None:
        yield differs(Kind.MISSING, profile, "")
        return
    if row.owner != owner:
        yield differs(Kind.NOT_OURS, profile, _words(row))
        return
    if row.is_disabled != is_disabled:
        yield differs(Kind.WRONG_STATE, _state(is_disabled), _state(row.is_disabled))
    elif is_disabled and line.username in online:
        yield differs(Kind.STILL_ONLINE, _state(True), "on line")
    if row.profile != profile:
        yield differs(Kind.WRONG_PROFILE, profile, row.profile)
    address = "" if is_walled and not is_disabled else line.static_ip or ""
    if row.remote_address != address:
        yield differs(Kind.WRONG_ADDRESS, address, row.remote_address)


def _of_absent(line: Access, row: SecretRow, *, is_ours: bool) -> Kind | None:
    """Return what is wrong with a user of a line that is removed, or signs on at RADIUS instead."""
    is_removed = line.desired_state == Access.State.REMOVED
    return Kind.STILL_THERE if is_ours else None if is_removed else Kind.NOT_OURS


def _of_profiles(
    lines: Iterable[Access], router: Router, profiles: dict[str, ProfileRow]
) -> list[Difference]:
    """Return the profiles whose speed is not the one we want; any of their lines mends them."""
    seen: dict[str, Difference | None] = {}
    for line in lines:
        name = router_profiles.profile_on_router(line, router)
        row = profiles.get(name)
        if name in seen or row is None or line.desired_state == Access.State.REMOVED:
            continue
        desired = router_profiles.desired_for(name, line=line, router=router)
        is_right = rate_limit.is_same(desired.rate_limit, row.rate_limit)
        is_ours = row.comment.startswith("ispbill")
        seen[name] = (
            None
            if is_right
            else Difference(
                kind=Kind.WRONG_SPEED,
                name=name,
                wanted=desired.rate_limit,
                actual=row.rate_limit or "unlimited",
                line_id=line.pk if is_ours else None,
            )
        )
    return [difference for difference in seen.values() if difference is not None]


def _state(is_disabled: bool | None) -> str:
    if is_disabled is None:
        return "unknown"
    return "disabled" if is_disabled else "enabled"


def _words(row: SecretRow) -> str:
    return f"{row.profile}, {_state(row.is_disabled)}" + (
        f" ({row.comment})" if row.comment else ""
    )
