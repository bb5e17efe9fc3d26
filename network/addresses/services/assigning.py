"""Give a service a fixed address or a prefix of IPv6, and take it back; the router is told like of
any other wish."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.addresses.models import IpAssignment, IpPool
from network.addresses.queries import pools
from network.addresses.rules import blocks
from network.models import Access, Router
from network.services import addressing, desired_states, lines, moving


class AddressRefused(DomainError):
    """It is not of the pool, kept for us, held or used by somebody else; or none is left."""


Kind = IpAssignment.Kind


def assign(*, line: Access, pool: IpPool, address: str, act: Act) -> IpAssignment:
    """Give a line's service a fixed address of a pool, or a prefix where the pool delegates these;
    the lowest free one when `address` is "".

    What it had of that kind before is released. Raises AddressRefused, LineRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    try:
        with transaction.atomic():
            trail.begin(act=act)
            locked = IpPool.objects.select_for_update().get(pk=pool.pk, archived_at=None)
            chosen = _checked(locked, line.subscription_id, address, at=act.at)
            kind = _kind(locked)
            _end(line, kind, act)
            given = _hold(line, locked, chosen, act=act)
            _want(line, kind, chosen, act)
            _tell("ip_address.given", line, chosen, act)
    except IntegrityError as error:
        if "ip_address_held_once_at_a_time" in str(error):
            raise AddressRefused(_("This address is held by another service.")) from error
        raise
    return given


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """How a service's first line is brought to its customer; `pool` where it has a fixed
    address."""

    router: Router
    method: str
    username: str
    password: str = field(default="", repr=False)
    pool: IpPool | None = None
    mac_address: str = ""


@transaction.atomic
def connect(*, subscription: Subscription, new: NewLine, act: Act) -> Access:
    """Give a service its line on a router, with the lowest free address of a pool if asked.

    Raises AddressRefused, LineRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    pool, address = None, None
    if new.pool is not None:
        pool = IpPool.objects.select_for_update().get(pk=new.pool.pk, archived_at=None)
        if pool.is_delegated:
            raise AddressRefused(_("This pool gives prefixes and no addresses."))
        address = _checked(pool, subscription.pk, "", at=act.at)
    line = lines.provision(
        subscription=subscription,
        router=new.router,
        username=new.username,
        password=new.password,
        static_ip=address,
        mac_address=new.mac_address,
        method=new.method,
        act=act,
    )
    if pool is not None and address is not None and line.static_ip == address:
        _hold(line, pool, address, act=act)
        _tell("ip_address.given", line, address, act)
    return line


@transaction.atomic
def move(*, line: Access, router: Router, act: Act) -> Access:
    """Move a line to another router, with a reason; its fixed address goes with it.

    Raises AddressRefused when that address is of a pool the other router does not have,
    LineRefused, ReasonMissing.
    """
    held = (
        IpAssignment.objects.select_for_update()
        .filter(subscription=line.subscription_id, span__upper_inf=True)
        .exclude(pool__router=None)
        .exclude(pool__router=router)
        .select_related("pool")
        .order_by("pk")
        .first()
    )
    if held is not None:
        raise AddressRefused(
            _("Its fixed address %(address)s is of %(pool)s, of another router. Change it first.")
            % {"address": held.address, "pool": held.pool.name}
        )
    return moving.move_to_router(line=line, router=router, act=act)


@transaction.atomic
def release(*, line: Access, act: Act, kind: Kind = Kind.STATIC) -> None:
    """Take a line's fixed address or prefix back; it rests for some days before anybody gets it."""
    act = trail.begin_with_reason(act=act)
    address = _end(line, kind, act)
    if not address:
        raise DomainError(_("This service has no fixed address of a pool."))
    _want(line, kind, None, act)
    _tell("ip_address.released", line, address, act)


def release_ended(*, at: datetime) -> int:
    """Release what services have that have ended; return how many there were."""
    held = IpAssignment.objects.filter(
        span__upper_inf=True, subscription__status="CANCELLED"
    ).select_related("subscription__access")
    act = Act(None, at, reason="The service has ended")
    for one in held:
        with transaction.atomic():
            trail.begin(act=act)
            _end(one.subscription.access, Kind(one.kind), act)
    return len(held)


def _hold(line: Access, pool: IpPool, address: str, *, act: Act) -> IpAssignment:
    return IpAssignment.objects.create(
        address=address,
        kind=_kind(pool),
        pool=pool,
        subscription_id=line.subscription_id,
        customer_id=line.customer_id,
        span=TimestamptzRange(act.at, None),
        given_by_name=desired_states.name_of(act.actor),
        reason=act.reason,
    )


def _kind(pool: IpPool) -> Kind:
    return Kind.DELEGATED if pool.is_delegated else Kind.STATIC


def _want(line: Access, kind: Kind, address: str | None, act: Act) -> None:
    if kind == Kind.DELEGATED:
        addressing.set_delegated_prefix(line=line, prefix=address, act=act)
    else:
        addressing.set_static_ip(line=line, address=address, act=act)


def _checked(pool: IpPool, subscription_id: int, address: str, *, at: datetime) -> str:
    """Return the address, or prefix, the line gets; the pool is locked."""
    taken, in_use = pools.taken(pool, at=at), pools.in_use(pool, beside=subscription_id)
    chosen = address or pools.next_free(pool, taken=taken | in_use)
    if not chosen:
        raise AddressRefused(_("No address of this pool is free."))
    if pool.is_delegated:
        _check_prefix(pool, chosen)
    elif not blocks.contains(pool.cidr, chosen):
        raise AddressRefused(_("This address is not of the pool."))
    elif chosen in pools.kept(pool):
        raise AddressRefused(_("This address is kept for our own equipment."))
    if blocks.overlaps(chosen, taken):
        raise AddressRefused(_("This address is held, or was until a few days ago."))
    if chosen in in_use or pool.is_delegated and blocks.overlaps(chosen, in_use):
        raise AddressRefused(_("Another line is using this address at this moment."))
    return chosen


def _check_prefix(pool: IpPool, prefix: str) -> None:
    length = pool.delegated_length
    if not blocks.is_prefix_of(pool.cidr, prefix, length=length):
        raise AddressRefused(
            _("This pool gives prefixes of /%(length)s out of %(block)s.")
            % {"length": length, "block": pool.cidr}
        )
    if blocks.is_reserved_prefix(pool.cidr, prefix, length=length, reserved=pool.reserved):
        raise AddressRefused(_("This prefix is kept for our own equipment."))


def _end(line: Access, kind: Kind, act: Act) -> str:
    held = (
        IpAssignment.objects.select_for_update()
        .filter(subscription=line.subscription_id, kind=kind, span__upper_inf=True)
        .first()
    )
    if held is None:
        return ""
    until = max(act.at, held.span.lower + timedelta(microseconds=1))
    held.span = TimestamptzRange(held.span.lower, until)
    held.released_by_name = desired_states.name_of(act.actor)
    held.release_reason = act.reason
    held.save()
    return str(held.address)


def _tell(action: str, line: Access, address: str, act: Act) -> None:
    events.record(act=act, action=action, target=line, after={"address": address})
    live.changed("line", accounts=[line.customer_id])
