"""Compare everything a router has with everything we want there, and put right what differs.

Comparing reads and changes nothing. Putting right only numbers the desired states of the lines
concerned anew; the push then does what it always does, so that a repair obeys the same rules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from network.gateways.base import ProfileRow, RouterError, SecretRow
from network.gateways.line_rows import Menu
from network.models import Access, Method, Router
from network.rules import rate_limit
from network.services import connections, desired_states, push, router_profiles, row_differences
from network.services.differences import Difference, Kind, state_words


def compare(*, router: Router) -> list[Difference]:
    """Read the router and return every difference, ours first. Raises RouterError."""
    lines = _lines_of(router)
    menus = row_differences.menus_of(lines, router)
    with connections.open_router(router) as link:
        secrets = {row.name: row for row in link.secrets()}
        online = {row.name for row in link.actives()}
        profiles = {(False, row.name): row for row in link.profiles()}
        rows = {menu: link.rows(menu, row_differences.lists_of(menu)) for menu in menus}
        if Menu.HOTSPOT in menus:
            profiles |= {(True, row.name): row for row in link.hotspot_profiles()}
            online |= {row.name for row in link.hotspot_meters()}
    found = [
        difference
        for line in lines
        if line.method == Method.PPPOE
        for difference in _of_line(line, router, secrets.get(line.username), online)
    ]
    found += row_differences.of_lines(lines, router, rows, online=online)
    found += _of_profiles([] if router.uses_radius else lines, router, profiles)
    known = {line.username for line in lines if line.method == Method.PPPOE}
    extra = [
        Difference(kind=Kind.EXTRA, name=row.name, wanted="", actual=_words(row))
        for row in secrets.values()
        if row.name not in known
    ]
    return found + extra + row_differences.unknown(lines, router, rows)


def _lines_of(router: Router) -> list[Access]:
    return list(
        Access.objects.filter(router=router)
        .select_related("subscription__customer")
        .defer("desired_reason", "last_error", "subscription__customer__address")
        .order_by("username", "pk")
    )


@transaction.atomic
def fix(
    *, router: Router, line_ids: Iterable[int], adopted_line_ids: Iterable[int] = (), act: Act
) -> int:
    """Number the desired state of these lines of the router anew, passwords included; return how
    many there were.

    `adopted_line_ids`: their users on the router, made by somebody else, become ours and keep
    their password. Raises ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    adopted = sorted(set(adopted_line_ids))
    chosen = sorted(set(line_ids) | set(adopted))
    count = statements.run(
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
    if count:
        events.record(
            act=act,
            action="router.drift_fixed",
            target=router,
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
    closing = router_profiles.closing_of(line, router)
    is_disabled = closing == Router.SuspendMode.DISABLE
    if row is None:
        yield differs(Kind.MISSING, profile, "")
        return
    if row.owner != owner:
        yield differs(Kind.NOT_OURS, profile, _words(row))
        return
    if row.is_disabled != is_disabled:
        yield differs(Kind.WRONG_STATE, state_words(is_disabled), state_words(row.is_disabled))
    elif is_disabled and line.username in online:
        yield differs(Kind.STILL_ONLINE, state_words(True), "on line")
    if row.profile != profile:
        yield differs(Kind.WRONG_PROFILE, profile, row.profile)
    address = "" if closing == Router.SuspendMode.PROFILE else line.static_ip or ""
    if row.remote_address != address:
        yield differs(Kind.WRONG_ADDRESS, address, row.remote_address)


def _of_absent(line: Access, row: SecretRow, *, is_ours: bool) -> Kind | None:
    """Return what is wrong with a user of a line that is removed, or signs on at RADIUS instead."""
    is_removed = line.desired_state == Access.State.REMOVED
    return Kind.STILL_THERE if is_ours else None if is_removed else Kind.NOT_OURS


def _of_profiles(
    lines: Iterable[Access], router: Router, profiles: Mapping[router_profiles.Key, ProfileRow]
) -> list[Difference]:
    """Return the profiles whose speed is not the one we want; any of their lines mends them."""
    seen: dict[router_profiles.Key, Difference | None] = {}
    for line in lines:
        key = router_profiles.key_of(line, router)
        row = profiles.get(key) if Method(line.method).has_login else None
        if key in seen or row is None or line.desired_state == Access.State.REMOVED:
            continue
        name = key[1]
        desired = router_profiles.desired_for(name, line=line, router=router)
        is_right = rate_limit.is_same(desired.rate_limit, row.rate_limit)
        is_ours = row.comment.startswith("ispbill")
        seen[key] = (
            None
            if is_right
            else Difference(
                kind=Kind.WRONG_SPEED,
                name=name,
                wanted=desired.rate_limit,
                actual=row.rate_limit or "unlimited",
                menu=Menu.HOTSPOT.value if key[0] else "",
                line_id=line.pk if is_ours else None,
            )
        )
    return [difference for difference in seen.values() if difference is not None]


def _words(row: SecretRow) -> str:
    return f"{row.profile}, {state_words(row.is_disabled)}" + (
        f" ({row.comment})" if row.comment else ""
    )
